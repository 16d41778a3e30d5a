// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "train",
    dependencies: [.package(name: "stimmung", path: "../..")],
    targets: [
        .executableTarget(
            name: "train",
            dependencies: [.product(name: "Stimmung", package: "stimmung"), .product(name: "StimmungTraining", package: "stimmung")],
            path: "Sources")
    ],
    swiftLanguageModes: [.v6]
)
