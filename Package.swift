// swift-tools-version: 6.2
import PackageDescription

/// `STIMMUNG_STRICT=1`, which `make lint` sets, turns warnings into errors. Users build without it, since newer compilers have new warnings.
let strict = Context.environment["STIMMUNG_STRICT"] == "1"
let swiftSettings: [SwiftSetting] = strict ? [.treatAllWarnings(as: .error)] : []
let cSettings: [CSetting] = strict ? [.treatAllWarnings(as: .error)] : []

/// A module of the package: `Audio` is the target `StimmungAudio` in `Sources/Audio`. The prefix keeps a host program's own `Audio` apart.
func module(_ name: String, _ dependencies: [Target.Dependency], in folder: String? = nil, plugins: [Target.PluginUsage]? = nil) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(folder ?? name.replacing("Stimmung", with: ""))", exclude: ["README.md"],
        swiftSettings: swiftSettings, plugins: plugins)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swiftSettings)
}

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "stimmung",
    products: [
        .library(
            name: "Stimmung",
            targets: [
                "Stimmung", "StimmungSpeech", "StimmungFeatures", "StimmungEncoders", "StimmungAudio", "StimmungTensors", "StimmungSupport",
            ]),
        .library(name: "StimmungTraining", targets: ["StimmungCorpora", "StimmungTraining", "StimmungEvaluation", "StimmungReports"]),
        .executable(name: "stimmung", targets: ["StimmungCommand"]),
        .executable(name: "stimmung-benchmark", targets: ["StimmungBenchmark"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // System libraries: module maps, nothing else.
        .systemLibrary(name: "CStimmungOneDNN", providers: [.apt(["libdnnl-dev"])]),
        .systemLibrary(name: "CStimmungSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(name: "CStimmungSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"])]),
        .systemLibrary(name: "CStimmungSpawn"),
        .systemLibrary(name: "CStimmungZlib", providers: [.apt(["zlib1g-dev"])]),

        // The modules in dependency order: a target may import only targets listed before it.
        .target(name: "CStimmungKernels", cSettings: cSettings),
        .target(
            name: "CStimmungModels", exclude: ["emodb.safetensors", "encoder.safetensors", "speech.safetensors"], cSettings: cSettings),
        module("StimmungSupport", ["CStimmungKernels", "CStimmungSpawn"]),
        module("StimmungTensors", ["CStimmungOneDNN", "CStimmungKernels", "StimmungSupport"]),
        module("StimmungEncoders", ["CStimmungKernels", "StimmungTensors", "StimmungSupport"]),
        module("StimmungAudio", ["CStimmungSndfile", "CStimmungSoxr", "StimmungTensors", "StimmungSupport"]),
        module("StimmungFeatures", ["StimmungAudio", "StimmungEncoders", "CStimmungKernels", "StimmungTensors", "StimmungSupport"]),
        module("StimmungNetworks", ["CStimmungKernels", "StimmungTensors", "StimmungSupport"]),
        module(
            "StimmungSpeech",
            [
                "CStimmungModels", "StimmungFeatures", "StimmungAudio", "StimmungNetworks", "CStimmungKernels", "StimmungTensors",
                "StimmungSupport",
            ]),
        module("StimmungBoltzmann", ["StimmungNetworks", "CStimmungKernels", "StimmungTensors", "StimmungSupport"]),
        module(
            "Stimmung",
            [
                "CStimmungModels", "StimmungBoltzmann", "StimmungSpeech", "StimmungFeatures", "StimmungAudio", "StimmungNetworks",
                "StimmungTensors",
                "StimmungSupport", yams,
            ],
            in: "Recognition", plugins: ["EmbedRecipes"]),
        .plugin(name: "EmbedRecipes", capability: .buildTool(), dependencies: ["RecipeEmbedder"]),
        .executableTarget(name: "RecipeEmbedder", path: "Plugins/RecipeEmbedder", swiftSettings: swiftSettings),

        // Training and evaluation.
        module("StimmungCorpora", ["StimmungAudio", "StimmungTensors", "StimmungSupport"]),
        module(
            "StimmungTraining",
            [
                "StimmungCorpora", "Stimmung", "StimmungBoltzmann", "StimmungSpeech", "StimmungFeatures", "StimmungAudio",
                "StimmungNetworks", "StimmungTensors", "StimmungSupport", yams,
            ], plugins: ["EmbedRecipes"]),
        module(
            "StimmungEvaluation",
            [
                "StimmungTraining", "StimmungCorpora", "Stimmung", "StimmungFeatures", "StimmungNetworks", "StimmungTensors",
                "StimmungSupport",
            ]),
        module("StimmungFigures", ["StimmungTensors", "StimmungSupport"]),
        module(
            "StimmungReports",
            [
                "StimmungFigures", "StimmungEvaluation", "StimmungTraining", "StimmungCorpora", "Stimmung", "StimmungBoltzmann",
                "StimmungFeatures", "StimmungAudio", "StimmungNetworks", "StimmungTensors", "StimmungSupport",
            ]),
        module(
            "StimmungLaboratory",
            [
                "StimmungReports", "StimmungFigures", "StimmungTraining", "StimmungCorpora", "Stimmung", "StimmungBoltzmann",
                "StimmungFeatures", "StimmungNetworks", "CStimmungKernels", "StimmungTensors", "StimmungSupport",
            ]),

        // Weights of published encoders.
        module("StimmungONNX", [protobuf]),
        module(
            "StimmungEncoderInstallation",
            ["CStimmungZlib", "StimmungONNX", "StimmungEncoders", "StimmungTensors", "StimmungSupport", protobuf]),

        .executableTarget(
            name: "StimmungCommand",
            dependencies: [
                "StimmungEncoderInstallation", "StimmungLaboratory", "StimmungReports", "StimmungFigures", "StimmungEvaluation",
                "StimmungTraining", "StimmungCorpora",
                "Stimmung", "StimmungBoltzmann", "StimmungSpeech", "StimmungFeatures", "StimmungEncoders", "StimmungAudio",
                "StimmungNetworks",
                "StimmungSupport",
                argumentParser,
            ],
            path: "Sources/Command", swiftSettings: swiftSettings),
        .executableTarget(
            name: "StimmungBenchmark",
            dependencies: [
                "Stimmung", "StimmungTraining", "StimmungBoltzmann", "StimmungFeatures", "StimmungEncoders", "StimmungAudio",
                "StimmungNetworks", "CStimmungKernels", "StimmungTensors", "StimmungSupport", argumentParser,
            ],
            path: "Benchmarks/Swift", swiftSettings: swiftSettings),

        module(
            "StimmungTestSupport",
            ["StimmungCorpora", "Stimmung", "StimmungAudio", "StimmungEncoders", "StimmungNetworks", "StimmungTensors"]),
        tests(
            "RegressionTests",
            [
                "StimmungTestSupport", "StimmungEvaluation", "StimmungTraining", "StimmungCorpora", "Stimmung", "StimmungFeatures",
                "StimmungAudio",
                "StimmungNetworks", "CStimmungOneDNN", "StimmungTensors", "StimmungSupport",
            ], exclude: ["golden"]),
        tests("SupportTests", ["StimmungTestSupport", "CStimmungKernels", "StimmungSupport"]),
        tests("TensorsTests", ["StimmungTestSupport", "CStimmungKernels", "StimmungTensors", "StimmungSupport"], exclude: ["reference"]),
        tests(
            "EncodersTests", ["StimmungTestSupport", "StimmungEncoders", "CStimmungKernels", "StimmungTensors"],
            exclude: ["reference"]),
        tests("AudioTests", ["StimmungTestSupport", "StimmungAudio", "StimmungSupport"]),
        tests(
            "FeaturesTests",
            [
                "StimmungTestSupport", "StimmungCorpora", "StimmungFeatures", "StimmungEncoders", "StimmungAudio", "CStimmungKernels",
                "StimmungTensors",
                "StimmungSupport",
            ],
            exclude: ["golden", "reference"]),
        tests(
            "SpeechTests",
            [
                "StimmungTestSupport", "StimmungTraining", "StimmungSpeech", "StimmungFeatures", "StimmungAudio", "StimmungNetworks",
                "StimmungTensors",
            ],
            exclude: ["reference"]),
        tests(
            "NetworksTests",
            ["StimmungTestSupport", "StimmungBoltzmann", "StimmungAudio", "StimmungNetworks", "StimmungTensors", "StimmungSupport"],
            exclude: ["golden", "reference"]),
        tests(
            "EncoderInstallationTests",
            [
                "StimmungTestSupport", "StimmungEncoderInstallation", "CStimmungZlib", "StimmungONNX", "StimmungEncoders",
                "StimmungTensors", "StimmungSupport",
                protobuf,
            ],
            exclude: ["reference"]),
        tests(
            "LaboratoryTests",
            ["StimmungLaboratory", "StimmungBoltzmann", "StimmungAudio", "StimmungNetworks", "StimmungTensors", "StimmungSupport"]),
        tests(
            "BoltzmannTests",
            [
                "StimmungTestSupport", "StimmungLaboratory", "StimmungBoltzmann", "StimmungNetworks", "CStimmungKernels", "StimmungTensors",
                "StimmungSupport",
            ]),
        tests(
            "RecognitionTests",
            [
                "StimmungTestSupport", "StimmungTraining", "StimmungCorpora", "Stimmung", "StimmungFeatures", "StimmungEncoders",
                "StimmungAudio",
                "StimmungNetworks",
                "StimmungTensors", "StimmungSupport",
            ]),
        tests("CorporaTests", ["StimmungTestSupport", "StimmungCorpora", "StimmungAudio", "StimmungSupport"]),
        tests(
            "TrainingTests",
            [
                "StimmungTestSupport", "StimmungLaboratory", "StimmungEvaluation", "StimmungTraining", "StimmungCorpora", "Stimmung",
                "StimmungBoltzmann", "StimmungSpeech", "StimmungFeatures",
                "StimmungNetworks", "StimmungTensors", "StimmungSupport",
            ]),
        tests(
            "EvaluationTests",
            [
                "StimmungTestSupport", "StimmungEvaluation", "StimmungTraining", "StimmungCorpora", "Stimmung", "StimmungFeatures",
                "StimmungTensors",
                "StimmungSupport",
            ]),
        tests(
            "ReportsTests",
            [
                "StimmungTestSupport", "StimmungReports", "StimmungFigures", "StimmungEvaluation", "StimmungTraining", "StimmungCorpora",
                "Stimmung",
                "StimmungFeatures", "StimmungAudio", "StimmungNetworks", "StimmungTensors", "StimmungSupport",
            ]),
        tests(
            "CommandTests",
            [
                "StimmungTestSupport", "StimmungCommand", "StimmungCorpora", "Stimmung", "StimmungFeatures", "StimmungAudio",
                "StimmungNetworks", "StimmungTensors",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
