import Foundation
import Stimmung
import StimmungAudio
import StimmungSupport

extension Recogniser {
    /// The recogniser adapted to recordings as one source; without speech in them, a warning and the same recogniser.
    func adapting(to recordings: some Sequence<AudioSegment>, workers: Workers, _ progress: BatchProgress) throws -> Recogniser {
        defer { progress.line.finish() }
        var done = 0
        let source: Source
        do {
            source = try self.source(of: recordings, workers: workers) { now in
                while done < now {
                    progress.add(.done)
                    done += 1
                }
            }
        } catch SourceError.noSpeech {
            progress.line.complain("stimmung: warning: there is no speech to learn the source from, so the model is not adapted")
            return self
        }
        progress.finish()
        progress.line.say(
            "adapted to \(counted(source.stretches, "stretch", "stretches")) of speech: the source's mean counts for "
                + "\(Percent.text(source.share, digits: 0)) against that of the training data")
        for warning in source.warnings { progress.line.complain("stimmung: warning: \(warning.message)") }
        return try adapting(to: source)
    }
}

/// Refuses inputs that cannot be read twice, which `--adapt` does.
func refusePipes(_ inputs: [String]) throws(CommandFailure) {
    for input in inputs where input != "-" {
        var status = stat()
        guard stat(input, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else { continue }
        throw CommandFailure(
            "\(input.printable) can be read only once, and --adapt hears it before it is recognised. Save it to a file, or give it as standard input: -"
        )
    }
}
