import StimmungReports
import StimmungTraining

/// What the user can do about an error of training, evaluation or reports with this program; nil where the error says all.
func trainingRemedy(for error: any Error) -> String? {
    switch error {
    case PretrainedMachines.Misfit.notMachines, ReportError.noMachines: "\"stimmung pretrain\" writes a file of machines."
    default: nil
    }
}
