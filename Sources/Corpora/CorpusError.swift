import StimmungSupport

/// What can go wrong with a corpus, a manifest, a split or the synthetic corpus.
///
/// Each description is one or two plain sentences: what, where, and what to do about it.
public enum CorpusError: StimmungError, Equatable {
    // Opening a corpus.
    /// There is no file or folder at this path of a corpus.
    case noSuchPath(String)
    /// A folder or manifest cannot be read, or no audio file in a folder is an utterance of its corpus.
    case unreadable(path: String, reason: String)
    /// A folder contains no audio files.
    case noAudio(folder: String)
    /// No known corpus accounts for more than half of the audio files in a folder. `example` is a file that does not match.
    case unrecognisedLayout(folder: String, example: String)
    /// A folder contains files of several known corpora. `found` gives each corpus with its number of files.
    case severalCorpora(folder: String, found: [String])
    /// A file name contains an emotion code that its corpus does not define. `known` lists the defined codes.
    case unknownEmotionCode(file: String, code: String, known: [String])

    // Labels.
    /// A list of classes contains no label.
    case emptyClassList
    /// Fewer than two classes are selected.
    case tooFewClasses(corpus: String, classes: [String])
    /// A corpus has no utterance with this label. `present` lists its labels.
    case unknownLabel(label: String, corpus: String, present: [String])
    /// The two corpora of a cross-corpus evaluation share fewer than two of the labels.
    case noSharedClasses(first: String, firstLabels: [String], second: String, secondLabels: [String])

    // Several corpora.
    /// Two of the corpora that are to be used together contain the same file.
    case repeatedFile(file: String, first: String, second: String)
    /// An evaluation that leaves out one corpus at a time was given a single corpus.
    case singleCorpus(corpus: String)
    /// A table of synonyms is invalid. `reason` is a predicate such as "has no rows" or "repeats the label x in line 3".
    case synonyms(table: String, reason: String)
    /// No label is held by two of the corpora, or only one is.
    case noCommonClasses(corpora: [String])

    /// The same stretch of a recording has several labels. `examples` are clauses such as "a.wav is anger and fear".
    case contradictoryLabels(corpus: String, count: Int, examples: [String])

    // Manifests. Lines count from 1, the header is line 1.
    /// A manifest has no header or no rows.
    case emptyManifest(manifest: String)
    /// A manifest lacks a required column. `present` lists the columns of its header.
    case missingColumn(manifest: String, column: String, present: [String])
    /// A row has the wrong number of fields, an empty required field, invalid quoting or text, or an end before its start.
    ///
    /// `reason` completes a sentence about the line, such as "has no speaker".
    case malformedRow(manifest: String, line: Int, reason: String)
    /// A row names an audio file that does not exist. `more` is the number of further missing files.
    case missingFile(manifest: String, line: Int, file: String, more: Int)
    /// A row names an audio file that may be any of several files below the folder of recordings.
    case ambiguousFile(manifest: String, line: Int, file: String, candidates: [String])
    /// A `start` or `end` field is not a valid time.
    case invalidTime(manifest: String, line: Int, column: String, value: String)
    /// A file is not what its format requires. `format` is a noun such as "list of folds", `reason` a clause such as "it has no fold".
    case invalidFormat(file: String, format: String, reason: String)
    /// A file cannot be written; `reason` is the system's.
    case cannotWrite(path: String, reason: String)

    // Splits.
    /// A text is not a valid evaluation protocol, or both corpora of a cross-corpus evaluation contain the same file.
    case invalidProtocol(text: String, reason: String)
    /// A corpus has fewer speakers than its evaluation protocol needs.
    case tooFewSpeakers(corpus: String, speakers: Int, needed: Int)
    /// A corpus has fewer utterances than the number of random folds.
    case tooFewUtterances(corpus: String, utterances: Int, folds: Int)
    /// The official split of a corpus is not known; only EmoDB has one.
    case noOfficialSplit(corpus: String)
    /// A corpus has no speaker with this name. `present` lists its speakers.
    case unknownSpeaker(speaker: String, corpus: String, present: [String])
    /// The test speakers are none or all of the speakers of a corpus.
    case nothingToTest(corpus: String, speakers: [String])
    /// Early stopping cannot hold out `wanted` of the training speakers, because at least one must remain.
    case noSpeakerToHoldOut(training: [String], wanted: Int)

    // The synthetic corpus.
    /// An option has a value that is not allowed. `reason` gives the allowed values.
    case invalidOption(option: String, value: String, reason: String)
    /// The program espeak-ng is not installed.
    case synthesiserMissing
    /// espeak-ng failed, or wrote no usable audio, for this file of the synthetic corpus.
    case synthesiserFailed(file: String, reason: String)
    /// The output folder exists and is not empty.
    case folderNotEmpty(String)

    /// A table that is not a manifest, in the words of one.
    init(_ error: CSVError) {
        self =
            switch error {
            case .unreadable(let file, let reason): .unreadable(path: file, reason: reason)
            case .empty(let file): .emptyManifest(manifest: file)
            case .missingColumn(let file, let column, let present): .missingColumn(manifest: file, column: column, present: present)
            case .malformedRow(let file, let line, let reason): .malformedRow(manifest: file, line: line, reason: reason)
            }
    }

    public var code: String {
        switch self {
        case .noSuchPath: "corpora.no-such-path"
        case .unreadable: "corpora.unreadable"
        case .noAudio: "corpora.no-audio"
        case .unrecognisedLayout: "corpora.unrecognised-layout"
        case .severalCorpora: "corpora.several-corpora"
        case .unknownEmotionCode: "corpora.unknown-emotion-code"
        case .emptyClassList: "corpora.empty-class-list"
        case .tooFewClasses: "corpora.too-few-classes"
        case .unknownLabel: "corpora.unknown-label"
        case .noSharedClasses: "corpora.no-shared-classes"
        case .repeatedFile: "corpora.repeated-file"
        case .singleCorpus: "corpora.single-corpus"
        case .synonyms: "corpora.synonyms"
        case .noCommonClasses: "corpora.no-common-classes"
        case .contradictoryLabels: "corpora.contradictory-labels"
        case .emptyManifest: "corpora.empty-manifest"
        case .missingColumn: "corpora.missing-column"
        case .malformedRow: "corpora.malformed-row"
        case .missingFile: "corpora.missing-file"
        case .ambiguousFile: "corpora.ambiguous-file"
        case .invalidTime: "corpora.invalid-time"
        case .invalidFormat: "corpora.invalid-format"
        case .cannotWrite: "corpora.cannot-write"
        case .invalidProtocol: "corpora.invalid-protocol"
        case .tooFewSpeakers: "corpora.too-few-speakers"
        case .tooFewUtterances: "corpora.too-few-utterances"
        case .noOfficialSplit: "corpora.no-official-split"
        case .unknownSpeaker: "corpora.unknown-speaker"
        case .nothingToTest: "corpora.nothing-to-test"
        case .noSpeakerToHoldOut: "corpora.no-speaker-to-hold-out"
        case .invalidOption: "corpora.invalid-option"
        case .synthesiserMissing: "corpora.synthesiser-missing"
        case .synthesiserFailed: "corpora.synthesiser-failed"
        case .folderNotEmpty: "corpora.folder-not-empty"
        }
    }

    public var description: String {
        switch self {
        case .noSuchPath(let path):
            "There is no folder or manifest \"\(path)\". Check the path of the corpus."
        case .unreadable(let path, let reason):
            "\"\(path)\" cannot be read: \(reason)."
        case .noAudio(let folder):
            "The folder \"\(folder)\" contains no audio files. Give the folder of a corpus, or a manifest (CSV)."
        case .unrecognisedLayout(let folder, let example):
            "The file names in \"\(folder)\" (such as \"\(example)\") are not those of a known corpus. Write a manifest: "
                + "a CSV file with the header \"file,speaker,gender,emotion\", a line per file, and paths relative to the CSV file."
        case .severalCorpora(let folder, let found):
            "The folder \"\(folder)\" contains files of several corpora (\(list(found))). Give the folder of one of them."
        case .unknownEmotionCode(let file, let code, let known):
            "The name of \"\(file)\" has the emotion code \"\(code)\", which its corpus does not define "
                + "(known: \(list(known))). Rename or remove the file, or use a manifest."
        case .emptyClassList:
            "The list of classes is empty. Write it as \"anger,happiness,sadness\"."
        case .tooFewClasses(let corpus, let classes):
            "The corpus \(corpus) has \(classes.isEmpty ? "no class" : "only the class \(list(classes))") left. Use at least two classes."
        case .unknownLabel(let label, let corpus, let present):
            "The corpus \(corpus) has no utterances labelled \"\(label)\". Its labels are \(list(present))."
        case .noSharedClasses(let first, let firstLabels, let second, let secondLabels):
            "The corpora \(first) (\(list(firstLabels))) and \(second) (\(list(secondLabels))) share fewer than two labels. "
                + "Use corpora with common labels, or rename labels in a manifest."
        case .repeatedFile(let file, let first, let second):
            "\"\(file)\" belongs to both \"\(first)\" and \"\(second)\". Give each recording in one corpus only."
        case .singleCorpus(let corpus):
            "Leaving one corpus out needs at least two corpora, and there is only \(corpus)."
        case .synonyms(let table, let reason):
            "The table of synonyms \"\(table)\" \(reason). It is a CSV file with the header \"label,class\" or \"label,class,corpus\"."
        case .noCommonClasses(let corpora):
            "The corpora \(list(corpora)) have fewer than two labels that two of them share. Use corpora with common labels, or map "
                + "labels that mean the same to one."
        case .contradictoryLabels(let corpus, let count, let examples):
            "\(count) recording\(count == 1 ? " has" : "s have") more than one label in \(corpus): "
                + examples.prefix(CorpusWarning.examplesShown).joined(separator: "; ") + (count > CorpusWarning.examplesShown ? "; …" : "")
                + ". Give each recording one label, or leave it out."
        case .emptyManifest(let manifest):
            "The manifest \"\(manifest)\" has no rows. Write the header \"file,speaker,gender,emotion\" and a line per file."
        case .missingColumn(let manifest, let column, let present):
            "The manifest \"\(manifest)\" has no column \"\(column)\" (its columns: \(list(present))). Add or rename a column in the header."
        case .malformedRow(let manifest, let line, let reason):
            "Line \(line) of \"\(manifest)\" \(reason)."
        case .missingFile(let manifest, let line, let file, let more):
            "Line \(line) of \"\(manifest)\" names the file \"\(file)\", which does not exist"
                + (more > 0 ? " (nor do \(more) more)" : "") + ". Paths are relative to this file."
        case .ambiguousFile(let manifest, let line, let file, let candidates):
            "Line \(line) of \"\(manifest)\" names the file \"\(file)\", which may be any of \(list(candidates)). "
                + "Give the folder of one of them."
        case .invalidTime(let manifest, let line, let column, let value):
            "Line \(line) of \"\(manifest)\" has \"\(value)\" as \(column), which is not a valid time. "
                + "Write seconds such as 1.5, or \"0 days 00:00:01.5\"."
        case .invalidFormat(let file, let format, let reason):
            "\"\(file)\" is not a valid \(format): \(reason)."
        case .cannotWrite(let path, let reason):
            "\"\(path)\" cannot be written: \(reason)."
        case .invalidProtocol(let text, let reason):
            "\"\(text)\" is not a protocol: \(reason). Use loso, official, speaker-folds=N, random-folds=N, test=SPEAKER,…, folds=FILE, "
                + "cross=CORPUS or leave-one-corpus-out."
        case .tooFewSpeakers(let corpus, let speakers, let needed):
            "The corpus \(corpus) has \(speakers) speaker\(speakers == 1 ? "" : "s"), and this protocol needs \(needed). "
                + (speakers < 2
                    ? "Use random-folds=N (speaker-dependent), or add recordings of other speakers."
                    : "Use loso or fewer folds.")
        case .tooFewUtterances(let corpus, let utterances, let folds):
            "The corpus \(corpus) has \(utterances) utterances, too few for \(folds) folds. Use fewer folds."
        case .noOfficialSplit(let corpus):
            "The official split of the corpus \(corpus) is not known; only EmoDB has one. If this is a manifest of EmoDB, add a column "
                + "\"corpus\" with the value EmoDB, or use test=12,14,15,16. Otherwise use loso, speaker-folds=N or test=SPEAKER,…."
        case .unknownSpeaker(let speaker, let corpus, let present):
            "The corpus \(corpus) has no speaker \"\(speaker)\". Its speakers are \(list(present))."
        case .nothingToTest(let corpus, let speakers):
            "With \(list(speakers)) as test speakers, the corpus \(corpus) has nothing left to train on. Name fewer test speakers."
        case .noSpeakerToHoldOut(let training, let wanted):
            "Early stopping cannot hold out \(wanted) of \(training.count) training speaker\(training.count == 1 ? "" : "s"), because one must remain. "
                + "Set training.heldOutSpeakers of the recipe to \(max(training.count - 1, 0))\(training.count > 1 ? " or less" : "")."
        case .invalidOption(let option, let value, let reason):
            "\"\(value)\" is not a valid value for \(option): \(reason)."
        case .synthesiserMissing:
            "The synthetic corpus needs the program espeak-ng, which is not installed. Install it: apt-get install espeak-ng"
        case .synthesiserFailed(let file, let reason):
            "espeak-ng could not synthesise \"\(file)\": \(reason)."
        case .folderNotEmpty(let folder):
            "\"\(folder)\" exists and is not an empty folder. Name a new folder, or remove it first."
        }
    }

    private func list(_ names: [String]) -> String {
        let shown = names.prefix(40).joined(separator: ", ")
        return names.count > 40 ? shown + ", …" : shown
    }
}

extension CorpusError: UsageError {
    package var isUsage: Bool {
        switch self {
        case .invalidProtocol, .invalidOption, .emptyClassList: true
        default: false
        }
    }
}
