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

/// Products that only the trait `Server` needs: without it, nothing of their packages is resolved or built.
let server: [Target.Dependency] = [
    ("Hummingbird", "hummingbird"), ("HummingbirdCore", "hummingbird"), ("HTTPTypes", "swift-http-types"), ("Logging", "swift-log"),
    ("CoreMetrics", "swift-metrics"), ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"), ("NIOHTTP1", "swift-nio"),
    ("NIOWebSocket", "swift-nio"), ("NIOHTTPTypes", "swift-nio-extras"), ("NIOHTTPTypesHTTP1", "swift-nio-extras"),
    ("ServiceLifecycle", "swift-service-lifecycle"),
].map { .product(name: $0, package: $1, condition: .when(traits: ["Server"])) }
let serverTests = ["NIOCore", "NIOEmbedded", "NIOHTTP1", "NIOWebSocket"].map {
    Target.Dependency.product(name: $0, package: "swift-nio", condition: .when(traits: ["Server"]))
}

let package = Package(
    name: "stimmung",
    products: [
        .library(
            name: "Stimmung",
            targets: [
                "Stimmung", "StimmungSpeech", "StimmungFeatures", "StimmungEncoders", "StimmungAudio", "StimmungTensors", "StimmungSupport",
            ]),
        .library(name: "StimmungTraining", targets: ["StimmungCorpora", "StimmungTraining", "StimmungEvaluation", "StimmungReports"]),
        .library(name: "StimmungC", type: .dynamic, targets: ["StimmungC"]),
        .executable(name: "stimmung", targets: ["StimmungCommand"]),
        .executable(name: "stimmung-benchmark", targets: ["StimmungBenchmark"]),
    ],
    traits: [
        .trait(name: "Server", description: "The command \"stimmung serve\": an HTTP and WebSocket server."),
        .trait(name: "MPI", description: "Commands under mpirun: training, evaluation and prediction by several processes."),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries: module maps, nothing else.
        .systemLibrary(name: "CStimmungSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(name: "CStimmungSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"])]),
        .systemLibrary(name: "CStimmungMemory"),
        .systemLibrary(name: "CStimmungMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .systemLibrary(name: "CStimmungSpawn"),
        .systemLibrary(name: "CStimmungZlib", providers: [.apt(["zlib1g-dev"])]),

        // The modules in dependency order: a target may import only targets listed before it.
        .target(name: "CStimmungKernels", cSettings: cSettings),
        .target(
            name: "CStimmungModels", exclude: ["emodb.safetensors", "encoder.safetensors", "speech.safetensors"], cSettings: cSettings),
        module("StimmungSupport", ["CStimmungKernels", "CStimmungSpawn"]),
        module("StimmungTensors", ["CStimmungKernels", "StimmungSupport"]),
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

        // The library for C and the languages that call C.
        .target(name: "CStimmungInterface", cSettings: cSettings),
        .target(
            name: "StimmungC",
            dependencies: [
                "CStimmungInterface", "CStimmungMemory", "Stimmung", "StimmungSpeech", "StimmungFeatures", "StimmungAudio",
                "StimmungTensors", "StimmungSupport",
            ],
            path: "Sources/C", exclude: ["README.md", "exports.map"], swiftSettings: swiftSettings,
            // Needs no Swift installation, exports the functions of stimmung.h only, and stays loaded, as the Swift runtime must.
            linkerSettings: [
                .unsafeFlags([
                    "-static-stdlib", "-Xlinker", "--soname=libstimmung.so.0", "-Xlinker",
                    "--version-script=\(Context.packageDirectory)/Sources/C/exports.map", "-Xlinker", "-znodelete",
                ])
            ]),

        // Training and evaluation.
        module("StimmungArchives", ["CStimmungZlib"]),
        module("StimmungCorpora", ["StimmungArchives", "StimmungAudio", "StimmungTensors", "StimmungSupport", yams]),
        module(
            "StimmungTraining",
            [
                "StimmungCorpora", "Stimmung", "StimmungBoltzmann", "StimmungSpeech", "StimmungFeatures", "StimmungAudio",
                "StimmungNetworks", "StimmungTensors", "StimmungSupport",
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
            ["StimmungONNX", "StimmungArchives", "StimmungEncoders", "StimmungTensors", "StimmungSupport", protobuf]),

        // Models as ONNX graphs.
        module(
            "StimmungExport",
            ["StimmungONNX", "Stimmung", "StimmungFeatures", "StimmungAudio", "StimmungNetworks", "StimmungSupport", protobuf]),

        // The server; empty without the trait.
        module(
            "StimmungServer",
            ["CStimmungMemory", "Stimmung", "StimmungFeatures", "StimmungAudio", "StimmungTensors", "StimmungSupport"] + server,
            plugins: ["EmbedPage"]),
        .plugin(name: "EmbedPage", capability: .buildTool(), dependencies: ["PageEmbedder"]),
        .executableTarget(name: "PageEmbedder", path: "Plugins/PageEmbedder", swiftSettings: swiftSettings),

        // Several processes; without the trait, one.
        module("StimmungProcesses", [.target(name: "CStimmungMPI", condition: .when(traits: ["MPI"])), "StimmungSupport"]),

        .executableTarget(
            name: "StimmungCommand",
            dependencies: [
                "StimmungServer", "StimmungProcesses", "StimmungExport", "StimmungEncoderInstallation", "StimmungLaboratory",
                "StimmungReports",
                "StimmungFigures",
                "StimmungEvaluation",
                "StimmungTraining", "StimmungCorpora",
                "Stimmung", "StimmungBoltzmann", "StimmungSpeech", "StimmungFeatures", "StimmungEncoders", "StimmungAudio",
                "StimmungNetworks", "StimmungTensors",
                "StimmungSupport",
                argumentParser,
            ],
            path: "Sources/Command", swiftSettings: swiftSettings,
            // At a fixed address, nothing is relocated at the start, and without exported symbols, `dladdr` searches none: 7.1 instead of 8.9 ms
            // for `stimmung --version` (AMD EPYC, Zen 4, 2026-11-28). Shared libraries, heap and stack keep their random addresses.
            linkerSettings: [
                .unsafeFlags(
                    ["-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xclang-linker", "-no-pie"],
                    .when(platforms: [.linux], configuration: .release))
            ]),
        .executableTarget(
            name: "StimmungBenchmark",
            dependencies: [
                "Stimmung", "StimmungTraining", "StimmungBoltzmann", "StimmungFeatures", "StimmungEncoders", "StimmungAudio",
                "StimmungNetworks", "CStimmungKernels", "StimmungTensors", "StimmungSupport", argumentParser,
            ],
            path: "Benchmarks/Swift", swiftSettings: swiftSettings),

        module(
            "StimmungTestSupport",
            [
                "StimmungCorpora", "Stimmung", "StimmungAudio", "StimmungEncoders", "StimmungNetworks", "CStimmungZlib", "StimmungTensors",
                "StimmungSupport",
            ]),
        tests(
            "RegressionTests",
            [
                "StimmungTestSupport", "StimmungEvaluation", "StimmungTraining", "StimmungCorpora", "Stimmung", "StimmungFeatures",
                "StimmungAudio",
                "StimmungNetworks", "StimmungTensors", "StimmungSupport",
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
                "StimmungTestSupport", "StimmungEncoderInstallation", "StimmungONNX", "StimmungEncoders",
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
                "StimmungTensors", "StimmungSupport", yams,
            ]),
        tests("ArchivesTests", ["StimmungTestSupport", "StimmungArchives"]),
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
            "ExportTests",
            [
                "StimmungTestSupport", "StimmungExport", "Stimmung", "StimmungFeatures", "StimmungAudio", "StimmungNetworks",
                "StimmungTensors", "StimmungSupport",
            ], exclude: ["python"]),
        tests(
            "ServerTests",
            ["StimmungTestSupport", "StimmungCommand", "StimmungServer", "Stimmung", "StimmungAudio", "StimmungSupport"] + serverTests,
            exclude: ["python"]),
        tests(
            "CommandTests",
            [
                "StimmungTestSupport", "StimmungCommand", "StimmungProcesses", "StimmungCorpora", "Stimmung", "StimmungFeatures",
                "StimmungAudio",
                "StimmungNetworks", "StimmungTensors",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
