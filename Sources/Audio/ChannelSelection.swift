// A file of its own: a value used by every higher module.

/// What to take from a recording with several channels. A recording with one channel gives the same samples for every selection.
public enum ChannelSelection: Sendable, Hashable {
    /// The mean of all channels. If they have opposite phase and cancel, the loudest channel, with a warning.
    case mix
    /// The first channel.
    case first
    /// The channel with the most energy over the whole recording, regardless of `start` and `end`; the first of those within 0.05 dB of it.
    case louder
    /// One channel, counted from 1.
    case channel(Int)
}
