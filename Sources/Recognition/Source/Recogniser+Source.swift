import StimmungAudio
import StimmungFeatures
import StimmungSupport

extension Recogniser {
    /// A recogniser for recordings of one source. The mean of a voice that it knows, or learns later, is shrunk towards that of the source.
    ///
    /// - Throws: `SourceError`; `VoiceError.implausible` if the voice that the recogniser knows cannot be one of this source.
    public func adapting(to source: Source) throws -> Recogniser { try Recogniser(adapting: self, to: source) }

    /// Learns a source from recordings of it, without labels. Recordings that cannot be read are skipped; recognising them reports the error.
    ///
    /// - Parameters:
    ///   - recordings: read one after another as they are needed, so there may be millions.
    ///   - workers: threads; the result does not depend on their number.
    ///   - progress: called with the number of recordings done, one call at a time.
    /// - Throws: `SourceError.noSpeech`, `SourceError.notUsable`, `Cancelled`.
    public func source(
        of recordings: some Sequence<AudioSegment>, workers: Workers = Workers(), progress: (_ done: Int) -> Void = { _ in }
    ) throws -> Source {
        guard general.isAdaptable else {
            throw SourceError.notUsable(model: general.recipe.name, normalisation: general.recipe.normalisation.rawValue)
        }
        var speech = EnrolledSpeech(width: general.recipe.features.width, classes: general.labels.count)
        var (seconds, done) = (0.0, 0)
        var group: [AudioSegment] = []
        // Merged in their order, so that the bits do not depend on threads.
        func finishGroup() throws {
            for part in try learnReadable(group, workers: workers) {
                speech.merge(part.speech)
                seconds += part.seconds
            }
            done += group.count
            group.removeAll(keepingCapacity: true)
            progress(done)
        }
        for recording in recordings {
            group.append(recording)
            if group.count == Self.groupSize { try finishGroup() }
        }
        if !group.isEmpty { try finishGroup() }
        guard speech.stretches > 0 else { throw SourceError.noSpeech(recordings: done) }
        return general.source(of: speech, seconds: seconds)
    }
}

extension Model {
    /// A source of this model's features.
    ///
    /// - Parameter seconds: of speech.
    func source(of speech: EnrolledSpeech, seconds: Double) -> Source { Source(speech: mean(of: speech, seconds: seconds)) }

    /// The model, which knows no voice, for this source: the mean m of the training data becomes m + s (q − m), where q is the source's mean and s its
    /// share. An earlier source is forgotten.
    func adapted(to source: Source) throws(SourceError) -> Model {
        let speech = source.speech
        guard isAdaptable, let training = trainingNormaliser ?? normaliser else {
            throw .notUsable(model: recipe.name, normalisation: recipe.normalisation.rawValue)
        }
        guard speech.features == featuresText, speech.mean.count == training.mean.count else {
            throw .otherFeatures(source: speech.recipe, model: recipe.name)
        }
        if let column = speech.implausibleColumn(for: training) { throw .implausible(column: column) }
        var model = self
        model.source = source
        model.trainingNormaliser = training
        model.normaliser = training.moved(to: speech.mean, share: source.share)
        return model
    }
}
