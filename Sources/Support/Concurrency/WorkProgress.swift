/// The progress of long-running work: one stage, counted in pieces.
///
///     try training.run { progress in print(progress.stage.name, progress.completed, "of", progress.total, progress.detail) }
public struct WorkProgress: Sendable, Equatable {
    /// A stage of the work. Modules define their own stages.
    public struct Stage: Sendable, Hashable {
        /// The name to show to users, such as `features` or `training`.
        public let name: String

        package init(_ name: String) {
            self.name = name
        }

        /// Feature extraction, counted in recordings.
        package static let features = Stage("features")
        /// Training of networks, counted in epochs.
        package static let training = Stage("training")
    }

    /// The stage that `completed` and `total` count.
    public let stage: Stage
    /// Number of completed pieces, 0 … `total`.
    public let completed: Int
    /// Total number of pieces, or an upper bound.
    public let total: Int
    /// Details to show to users, such as the loss of an epoch or the unit of the count; may be empty.
    public let detail: String

    package init(_ stage: Stage, _ completed: Int, of total: Int, detail: String = "") {
        self.stage = stage
        self.completed = completed
        self.total = total
        self.detail = detail
    }

    /// The progress as part of a longer stage, which had `before` completed pieces at the start of this part.
    package func within(_ total: Int, after before: Int) -> WorkProgress {
        WorkProgress(stage, before + completed, of: total, detail: detail)
    }
}
