import StimmungEvaluation
import StimmungSupport

/// Pictures of one fold's network: the map of utterances, posteriors along them, and the filters of Boltzmann machines.
struct FoldExhibit {
    let network: FoldNetwork
    let workers: Workers
    let prefix: String

    func write(to page: inout ReportPage) throws {
        page.picture(try EmbeddingPicture(network, workers).draw(name: prefix + "embedding.svg"))
        if let picture = try PosteriorPicture(network).draw(name: prefix + "posteriors.svg") {
            page.picture(picture)
        } else {
            page.paragraph("\(network.recipe.name) has no posteriors along an utterance, because its input is one row of statistics.")
        }
        guard network.recipe.pretraining != nil else { return }
        let machines: MachinePictures
        do { machines = try MachinePictures(network.model) } catch {
            page.paragraph("Pictures of the machines are left out: \(error)")
            return
        }
        for picture in try machines.draw().pictures {
            page.picture(Picture(name: prefix + picture.name, shows: picture.shows, figure: picture.figure))
        }
    }
}
