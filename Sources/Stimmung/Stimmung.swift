/// Everything that a program needs to recognise, train and evaluate.
///
///     import Stimmung
///
///     let recogniser = Recogniser(try Model(path: "emodb.safetensors"))
///     print(try recogniser.predict(path: "call.mp3").label)
@_exported import Audio
@_exported import Boltzmann
@_exported import Corpora
@_exported import Features
@_exported import Networks
@_exported import Recognition
@_exported import Reports
@_exported import Tensors
