// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "recognise",
    dependencies: [.package(name: "stimmung", path: "../..")],
    targets: [
        .executableTarget(name: "recognise", dependencies: [.product(name: "Stimmung", package: "stimmung")], path: "Sources")
    ],
    swiftLanguageModes: [.v6]
)
