/// The sampling rates taken from a header or asked for, in Hz.
///
/// Speech at less than 1 kHz does not exist, and a hostile header with 1 Hz would make gigabytes out of kilobytes when resampled.
let sampleRates = 1000...1_000_000
