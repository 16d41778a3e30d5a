import Foundation
import StimmungSupport

/// The section `[DATA]` of an experiment of nkululeko: databases as CSV or audformat, their labels, and which of them train and test.
///
///     [DATA]
///     databases = ['emodb', 'calls']
///     emodb = ./emodb.csv
///     emodb.type = csv
///     emodb.split_strategy = train
///     labels = ['anger', 'neutral']
///     target = emotion
///
/// Paths are relative to the file. Source: https://github.com/felixbur/nkululeko, ini_file.md. Settings that have no equivalent here, such as random
/// splits and filters, are ignored, with a warning.
struct Nkululeko {
    private let path: String
    private let data: [String: String]
    private let reading: CorpusReading
    /// Keys that were read.
    private var used: Set<String> = ["databases", "target", "labels"]

    /// - Throws: `unreadable`, `malformedRow`, `invalidFormat`, `noSuchPath`, and what the readers of the databases throw.
    static func read(path: String, _ reading: CorpusReading) throws(CorpusError) -> Corpus {
        var experiment = try Nkululeko(path: path, reading)
        return try experiment.corpus()
    }

    private init(path: String, _ reading: CorpusReading) throws(CorpusError) {
        self.path = path
        self.reading = reading
        guard let data = try INIFile(path: path).sections["data"] else { throw Self.invalid(path, "it has no section [DATA]") }
        self.data = data
    }

    private static func invalid(_ path: String, _ reason: String) -> CorpusError {
        .invalidFormat(file: path, format: "experiment of nkululeko", reason: reason)
    }

    private mutating func corpus() throws(CorpusError) -> Corpus {
        guard let names = data["databases"].flatMap(PythonLiteral.list), !names.isEmpty else {
            throw Self.invalid(path, "its key databases is not a list such as ['emodb']")
        }
        var databases: [Corpus] = []
        for name in names { databases.append(try database(name)) }
        var corpus = try Corpus(joining: databases)
        if let text = data["labels"] {
            guard let labels = PythonLiteral.list(text).map({ LabelSet($0) }) else {
                throw Self.invalid(path, "its key labels is not a list such as ['anger', 'neutral']")
            }
            corpus = restricted(corpus, to: labels)
        }
        let ignored = data.keys.filter { !used.contains($0) }.sorted()
        let warning = CorpusWarning(.ignoredSettings, ignored) { "settings of \(path) that are ignored: \($0)." }
        return corpus.with(corpus.utterances, adding: ignored.isEmpty ? [] : [warning])
    }

    /// The value of a setting of a database.
    private mutating func setting(_ name: String, _ database: String) -> String? {
        let key = "\(database).\(name)".lowercased()
        used.insert(key)
        return data[key]
    }

    private mutating func database(_ name: String) throws(CorpusError) -> Corpus {
        used.insert(name.lowercased())
        guard let place = data[name.lowercased()] else { throw Self.invalid(path, "it has no path of the database \(name)") }
        func found(_ place: String) -> String { place.hasPrefix("/") ? place : joined(folder(of: path), place) }
        let target = data["target"] ?? "emotion"
        var reading = reading
        reading.columns = try dictionary("colnames", name)
        if target.lowercased() != "emotion" { reading.columns["emotion"] = target }
        if let audio = setting("audio_path", name), reading.audio == nil {
            reading.audio = [found(audio), joined(folder(of: found(place)), audio)].first(where: isFolder) ?? found(audio)
        }
        // Whether paths are absolute is seen from the paths.
        _ = setting("absolute_path", name)
        let kind = setting("type", name) ?? "audformat"
        guard ["csv", "audformat"].contains(kind) else { throw Self.invalid(path, "\(name).type is \"\(kind)\", not csv or audformat") }
        if kind == "audformat", !reading.columns.isEmpty {
            throw Self.invalid(path, "the columns of an audformat database, \(name), cannot be renamed")
        }
        let opened = try Corpus.open(path: found(place), reading)
        let mapping = try dictionary("mapping", name)
        let meanings = Dictionary(
            mapping.map { (Emotion.canonicalLabel($0), Emotion.canonicalLabel($1)) }, uniquingKeysWith: { first, _ in first })
        let part = data["\(name).split_strategy".lowercased()].flatMap(CorpusPart.init(name:))
        if part != nil { _ = setting("split_strategy", name) }
        let utterances = opened.utterances.map { utterance in
            var copy = utterance
            copy.emotion = meanings[utterance.emotion] ?? utterance.emotion
            copy.split = part ?? utterance.split
            return copy
        }
        return opened.with(utterances)
    }

    private mutating func dictionary(_ key: String, _ database: String) throws(CorpusError) -> [String: String] {
        guard let text = setting(key, database) else { return [:] }
        guard let pairs = PythonLiteral.dictionary(text) else {
            throw Self.invalid(path, "\(database).\(key) is not a dictionary such as {'wut': 'anger'}")
        }
        return pairs
    }

    private func restricted(_ corpus: Corpus, to labels: LabelSet) -> Corpus {
        let others = corpus.labels.labels.filter { !labels.contains($0) }
        let warning = CorpusWarning(.unmappedLabels, others) {
            "\(path) leaves out labels of \(corpus.name), with their utterances: \($0)."
        }
        return corpus.with(corpus.utterances.filter { labels.contains($0.emotion) }, adding: others.isEmpty ? [] : [warning])
    }
}
