import func Foundation.log

/// Replaces every energy by `ln(max(energy, floor))`.
func floorAndLog(_ energies: UnsafeMutableBufferPointer<Float>, floor: Float) {
    for index in energies.indices {
        energies[index] = log(max(energies[index], floor))
    }
}
