// A file of its own: changed by releases only.

/// The version of this package.
public let stimmungVersion = "0.1.0"
