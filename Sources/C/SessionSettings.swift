import Stimmung
import StimmungSpeech
import StimmungSupport

/// The options of `stimmung_session_open`: those of `stimmung stream`.
struct SessionSettings: Options {
    var interval = 0.25
    var enrol: String?
    private var adapt = false
    private var speech: SpeechUse?
    private var activity = SpeechActivityOptions()

    private enum Key: String, CodingKey, CaseIterable {
        case interval, speech, enrol, adapt, leastSpeech, leastPause, paddingBefore, paddingAfter, upperThreshold, lowerThreshold
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let keys = try decoder.container(strictlyKeyedBy: Key.self)
        try keys.update(&interval, forKey: .interval)
        try keys.update(&speech, forKey: .speech)
        try keys.update(&enrol, forKey: .enrol)
        try keys.update(&adapt, forKey: .adapt)
        try keys.update(&activity.leastSpeech, forKey: .leastSpeech)
        try keys.update(&activity.leastPause, forKey: .leastPause)
        try keys.update(&activity.paddingBefore, forKey: .paddingBefore)
        try keys.update(&activity.paddingAfter, forKey: .paddingAfter)
        try keys.update(&activity.upperThreshold, forKey: .upperThreshold)
        try keys.update(&activity.lowerThreshold, forKey: .lowerThreshold)
        if speech == .all, enrol != nil || adapt { throw LibraryError.options(reason: "enrol and adapt need detected speech") }
    }

    /// The options for a session, which validates them.
    var session: SessionOptions {
        var options = SessionOptions()
        options.posteriorInterval = interval == 0 ? nil : interval
        options.speech = speech
        options.activity = activity
        options.learning = enrol == nil ? .off : .applied
        options.adaptsToSource = adapt
        return options
    }
}
