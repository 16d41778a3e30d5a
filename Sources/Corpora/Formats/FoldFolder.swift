import StimmungSupport

/// The part of a published split that a recording is for.
package enum CorpusPart: String, Sendable, Codable, Hashable {
    case train
    case development = "dev"
    case test

    /// The part of a name such as `train`, `devel`, `valid` or `eval`; nil for other words.
    init?(name: String) {
        switch name.trimmingCharacters(in: .whitespaces).lowercased() {
        case "train", "training": self = .train
        case "dev", "devel", "development", "val", "valid", "validation": self = .development
        case "test", "testing", "eval": self = .test
        default: return nil
        }
    }
}

/// A folder with a folder per fold, as EmoBox has them: `fold_1/emodb_train_fold_1.jsonl` and `fold_1/emodb_test_fold_1.jsonl`.
struct FoldFolder {
    struct Fold {
        let name: String
        /// Paths of the lists.
        var train: [String] = []
        var test: [String] = []
    }

    /// In natural order of their names.
    private(set) var folds: [Fold] = []

    /// All lists of all folds.
    var lists: [String] { folds.flatMap { $0.train + $0.test } }

    /// - Returns: nil for what is not such a folder.
    init?(_ path: String) {
        guard isFolder(path), let names = try? Files.names(in: path) else { return nil }
        for name in names.sorted(by: naturallyPrecedes) {
            let folder = joined(path, name)
            guard isFolder(folder), let files = try? Files.names(in: folder) else { continue }
            var fold = Fold(name: name)
            for file in files where ["jsonl", "ndjson"].contains(fileExtension(of: file)) {
                let words = stem(of: file).split { !$0.isLetter }
                switch words.lazy.compactMap({ CorpusPart(name: String($0)) }).first {
                case .test: fold.test.append(joined(folder, file))
                case .train, .development: fold.train.append(joined(folder, file))
                case nil: break
                }
            }
            if !fold.train.isEmpty || !fold.test.isEmpty { folds.append(fold) }
        }
        if folds.isEmpty { return nil }
    }
}
