// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules: Swift 6, no implicit existentials or re-exports, no warnings.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Targets without I/O have no business with pointers: the few places that do are marked.
let pure = settings + [.strictMemorySafety()]

let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "martlet",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        .target(name: "Threading", swiftSettings: settings),
        .target(name: "MartletCore", dependencies: [httpTypes], swiftSettings: pure),
        .target(name: "MartletProviders", dependencies: ["MartletCore", httpTypes], swiftSettings: pure),
        .target(name: "MartletWeb", dependencies: ["MartletCore", httpTypes, logging], swiftSettings: settings),
        .testTarget(name: "MartletCoreTests", dependencies: ["MartletCore"], swiftSettings: settings),
        .testTarget(name: "MartletProvidersTests", dependencies: ["MartletProviders"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
