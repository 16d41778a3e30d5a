import Foundation

/// A share of 0 … 1 as reports print it: `81.6 %`.
func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
