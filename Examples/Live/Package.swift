// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "live",
    dependencies: [.package(name: "stimmung", path: "../..")],
    targets: [
        .executableTarget(name: "live", dependencies: [.product(name: "Stimmung", package: "stimmung")], path: "Sources")
    ],
    swiftLanguageModes: [.v6]
)
