import Stimmung
import StimmungCorpora
import StimmungNetworks

extension Model {
    /// The model without some of its classes. The others keep their weights.
    ///
    /// - Parameter labels: of a corpus; classes whose canonical names are not among them are left out. At least one class is in them.
    package func keepingClasses(in labels: LabelSet) -> Model {
        let kept = self.labels.indices.filter { labels.contains(self.labels[$0]) }
        guard kept.count < self.labels.count else { return self }
        func narrowed(_ ensemble: Ensemble) -> Ensemble {
            Ensemble(
                ensemble.networks.map { network in
                    NetworkHead(of: network).narrowed(to: recipe.layers(classes: kept.count), keeping: kept).network
                })
        }
        var model = self
        model.ensemble = narrowed(ensemble)
        if let networks = voiceNetworks { model.voiceNetworks?.ensemble = narrowed(networks.ensemble) }
        model.labels = kept.map { self.labels[$0] }
        model.card.utterancesPerClass = kept.map { card.utterancesPerClass.indices.contains($0) ? card.utterancesPerClass[$0] : 0 }
        return model
    }
}
