// swift-tools-version: 6.2
import PackageDescription

/// Warnings stop the build where `STIMMUNG_STRICT=1` is set, as `make lint` does; a newer compiler's new warning must not stop a user's build.
let strict = Context.environment["STIMMUNG_STRICT"] == "1"
let swiftSettings: [SwiftSetting] = strict ? [.treatAllWarnings(as: .error)] : []
let cSettings: [CSetting] = strict ? [.treatAllWarnings(as: .error)] : []

func module(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, exclude: ["README.md"], resources: resources, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude, swiftSettings: swiftSettings)
}

let package = Package(
    name: "stimmung",
    products: [
        .library(name: "Stimmung", targets: ["Stimmung"]),
        .executable(name: "stimmung", targets: ["Command"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Libraries of the system: module maps, nothing else.
        .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
        .systemLibrary(name: "CSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(name: "CSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"])]),

        // The modules, lowest first: a module imports only what stands above it.
        .target(name: "CKernels", cSettings: cSettings),
        .target(name: "CModels", exclude: ["emodb.safetensors"], cSettings: cSettings),
        module("Tensors", ["COneDNN", "CKernels"]),
        module("Audio", ["CSndfile", "CSoxr", "Tensors"]),
        module("Features", ["Audio", "CKernels", "Tensors"]),
        module("Corpora", ["Features", "Audio", "Tensors"]),
        module("Networks", ["Tensors", "CKernels"]),
        module("Boltzmann", ["Networks", "Tensors", "CKernels"]),
        module(
            "Recognition",
            ["CModels", "Boltzmann", "Corpora", "Features", "Audio", "Networks", "Tensors", .product(name: "Yams", package: "Yams")],
            resources: [
                "lstm", "rectifier-lstm", "crbm-lstm", "stacked-crbm-lstm", "rbm-mlp",
                "rnn", "blstm", "rectifier-blstm", "functionals-mlp", "functionals-ensemble",
                "mlp", "pretrained-mlp",
            ].map { .embedInCode("Recipes/\($0).yaml") }),
        module("Reports", ["Recognition", "Boltzmann", "Corpora", "Features", "Networks", "Tensors"]),
        module("Stimmung", ["Reports", "Recognition", "Boltzmann", "Networks", "Corpora", "Features", "Audio", "Tensors"]),
        module("TestSupport", ["Tensors", "Networks"]),
        .executableTarget(
            name: "Command", dependencies: ["Stimmung", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: swiftSettings),

        tests("TensorsTests", ["Tensors"], exclude: ["reference"]),
        tests("AudioTests", ["Audio"]),
        tests("FeaturesTests", ["Features", "Audio", "CKernels", "Tensors"], exclude: ["golden", "reference"]),
        tests("CorporaTests", ["Corpora"]),
        tests("RecognitionTests", ["Recognition", "Boltzmann"]),
        tests("ReportsTests", ["Reports", "Recognition", "Boltzmann", "Features", "Audio", "Tensors"]),
        tests("CommandTests", ["Stimmung"]),
        tests("NetworksTests", ["Networks"], exclude: ["golden", "reference"]),
        tests("BoltzmannTests", ["Boltzmann", "Networks", "Tensors", "CKernels"]),
        tests("RegressionTests", ["Stimmung", "Recognition", "Networks", "Features", "Tensors", "COneDNN"], exclude: ["golden"]),
    ],
    swiftLanguageModes: [.v6]
)
