import StimmungAudio
import StimmungBoltzmann
import StimmungNetworks
import Testing

/// Tests of the layers' descriptions.
struct LayerDescriptionTests {
    private static let layers: [any Layer] = [
        Dense(inputs: 3, outputs: 4), ActivationLayer(.tanh, units: 3), ActivationLayer(.sigmoid, units: 3), LogSigmoid(units: 3),
        ActivationLayer(.rectifier, units: 3), Scale(units: 3),
        Clip(units: 3, limit: 2), Context(inputs: 3, left: 2, right: 1), BatchNormalisation(units: 3, movement: 0.2),
        Dropout(units: 3, rate: 0.5), Noise(units: 3, deviation: 0.1), RNN(inputs: 3, cells: 4, activation: .rectifier, truncation: 7),
        LSTM(inputs: 3, cells: 4), Bidirectional(LSTM(inputs: 3, cells: 4)), ConditionalUnits(inputs: 3, outputs: 4, order: 2),
    ]

    @Test func everyLayerHasAUniqueNameAndItsShapes() {
        let descriptions = Self.layers.map { $0.describe() }
        #expect(Set(descriptions.map(\.operation)).count == Self.layers.count)
        for (layer, description) in zip(Self.layers, descriptions) {
            #expect(description.inputs == layer.inputs && description.outputs == layer.outputs)
            #expect(description.parameters == layer.parameters)
        }
    }

    @Test func attributesAreThoseOfTheLayer() {
        func attributes(_ layer: some Layer) -> [String: LayerDescription.Attribute] { layer.describe().attributes }
        #expect(attributes(Clip(units: 1, limit: 2)) == ["limit": .number(2)])
        #expect(attributes(Dropout(units: 1, rate: 0.5)) == ["rate": .number(0.5)])
        #expect(attributes(Noise(units: 1, deviation: 0.1)) == ["deviation": .number(0.1)])
        #expect(attributes(Context(inputs: 3, left: 2, right: 1)) == ["left": .integer(2), "right": .integer(1)])
        #expect(attributes(BatchNormalisation(units: 1, movement: 0.2)) == ["epsilon": .number(1e-5), "movement": .number(0.2)])
        #expect(
            attributes(RNN(inputs: 3, cells: 4, activation: .rectifier, truncation: 7))
                == ["cells": .integer(4), "activation": .text("rectifier"), "truncation": .integer(7)])
        let lstm = LSTM(inputs: 3, cells: 4)
        #expect(attributes(lstm) == ["cells": .integer(4), "gates": .text("i,f,c,o"), "peepholes": .text("i,f,o")])
        #expect(attributes(Bidirectional(lstm)) == ["direction": .layer(lstm.describe())])
        #expect(attributes(ConditionalUnits(inputs: 3, outputs: 4, order: 2)) == ["order": .integer(2), "activation": .text("sigmoid")])
    }

    @Test func contextsAndRoles() {
        #expect(Context(inputs: 3, left: 2, right: 1).context == FrameContext(left: 2, right: 1, padding: .edge))
        #expect(ConditionalUnits(inputs: 3, outputs: 4, order: 2).context == FrameContext(left: 2, right: 0, padding: .zeros))
        #expect(LSTM(inputs: 3, cells: 4).context == .none)
        let roles = Self.layers.map(\.role)
        #expect(roles[..<5] == [.affine, .activation(.tanh), .activation(.sigmoid), .other, .activation(.rectifier)])
        #expect(roles[7] == .window && roles[9] == .identity && roles[10] == .identity)
        let layers: [any Layer] = [Dense(inputs: 3, outputs: 4), ActivationLayer(.tanh, units: 4), Dense(inputs: 4, outputs: 2)]
        #expect(Network(layers, seed: 0).affineLayers == [0, 2])
    }

    @Test func errorCodesAreUnique() {
        let errors: [TrainingError] = [
            .nothingToTrainOn, .shorterThanWindow(sequence: "a", frames: 1, window: 2), .diverged(epoch: 1),
            .checkpointDoesNotFit(reason: ""),
        ]
        #expect(Set(errors.map(\.code)).count == errors.count)
    }
}
