// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules: Swift 6, no implicit existentials or re-exports, no warnings.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "martlet",
    targets: [
        .target(name: "Threading", swiftSettings: settings)
    ],
    swiftLanguageModes: [.v6]
)
