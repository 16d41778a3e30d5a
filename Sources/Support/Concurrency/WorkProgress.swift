/// How far long work has come: one stage of it, in pieces.
///
///     try training.run { progress in print(progress.stage.name, progress.completed, "of", progress.total, progress.detail) }
public struct WorkProgress: Sendable, Equatable {
    /// What is being done. Modules add their own stages; their names are for people.
    public struct Stage: Sendable, Hashable {
        /// Name to show to users, such as `features` or `training`.
        public let name: String

        package init(_ name: String) {
            self.name = name
        }

        /// Features of recordings are computed, counted in recordings.
        package static let features = Stage("features")
        /// Networks are trained, counted in epochs.
        package static let training = Stage("training")
    }

    /// The stage that `completed` and `total` count.
    public let stage: Stage
    /// Pieces that are done, 0 … `total`.
    public let completed: Int
    /// Pieces in all, at most.
    public let total: Int
    /// More for people, such as the loss of an epoch or what is counted; may be empty.
    public let detail: String

    package init(_ stage: Stage, _ completed: Int, of total: Int, detail: String = "") {
        self.stage = stage
        self.completed = completed
        self.total = total
        self.detail = detail
    }

    /// The same as a part of a longer stage, which had `before` pieces done when this part began.
    package func within(_ total: Int, after before: Int) -> WorkProgress {
        WorkProgress(stage, before + completed, of: total, detail: detail)
    }
}
