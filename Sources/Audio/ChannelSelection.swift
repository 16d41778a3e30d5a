// A file of its own: a value that every module above this one passes on.

/// What to take from a recording with several channels. A recording with one channel gives the same samples for every selection.
public enum ChannelSelection: Sendable, Hashable {
    /// The mean of all channels. Where they have opposite phase and would cancel, the loudest channel instead, with a warning.
    case mix
    /// The first channel.
    case first
    /// The channel with the most energy over the whole recording, regardless of `start` and `end`; the first of those within 0.05 dB of it.
    case louder
    /// One channel, counted from 1.
    case channel(Int)
}
