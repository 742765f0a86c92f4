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

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

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
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CMemory"),
        .target(
            name: "CTables",
            exclude: ["make-tables", "tables"],
            cSettings: [.headerSearchPath("tables"), .headerSearchPath("../../conf/catalogue")]
        ),
        .target(name: "Threading", dependencies: ["CMemory"], swiftSettings: settings),
        .target(name: "Curl", dependencies: ["CCurl", "Threading", httpTypes], swiftSettings: settings),
        .target(name: "FastCGI", dependencies: ["CFastCGI", "Threading"], swiftSettings: settings),
        .target(name: "SQL", dependencies: ["CSQLite", "Threading"], swiftSettings: settings),
        .target(name: "MartletCore", dependencies: [httpTypes], swiftSettings: pure),
        .target(name: "MartletProviders", dependencies: ["MartletCore", httpTypes], swiftSettings: pure),
        .target(
            name: "MartletWeb",
            dependencies: ["MartletCore", httpTypes, logging],
            swiftSettings: settings
        ),
        .target(
            name: "MartletStore",
            dependencies: ["MartletCore", "SQL", "Threading"],
            swiftSettings: settings
        ),
        .target(
            name: "MartletUpstream",
            dependencies: ["Curl", "MartletCore", "MartletProviders", "Threading", httpTypes],
            swiftSettings: settings
        ),
        .target(
            name: "MartletAccounts",
            dependencies: [
                "MartletCore", "MartletStore", "Threading", httpTypes,
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MartletMeter",
            dependencies: ["CTables", "MartletCore", "MartletStore", "Threading"],
            swiftSettings: settings
        ),
        .target(
            name: "MartletGateway",
            dependencies: [
                "MartletCore", "MartletProviders", "MartletWeb", "MartletStore", "MartletUpstream",
                "MartletAccounts",
                "MartletMeter", "Threading", httpTypes, logging,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MartletConsole",
            dependencies: [
                "MartletCore", "MartletWeb", "MartletStore", "MartletAccounts", "MartletMeter", httpTypes,
                logging,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MartletFront",
            dependencies: ["FastCGI", "MartletCore", "MartletWeb", httpTypes, logging],
            swiftSettings: settings
        ),
        .target(
            name: "MartletTesting",
            dependencies: ["MartletCore", "MartletProviders", "MartletUpstream", "MartletWeb", httpTypes],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "CTables", "Curl", "FastCGI", "MartletAccounts", "MartletConsole", "MartletCore",
                "MartletFront",
                "MartletGateway", "MartletMeter",
                "MartletProviders", "MartletStore", "MartletUpstream", "MartletWeb", "Threading", arguments,
                httpTypes,
                logging, "TOMLKit",
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "martlet-simulator",
            dependencies: [
                "FastCGI", "MartletCore", "MartletFront", "MartletWeb", "Threading", httpTypes, logging,
                arguments,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletCoreTests",
            dependencies: ["MartletCore", httpTypes],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletAccountsTests",
            dependencies: ["MartletAccounts", "MartletCore", httpTypes],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletFrontTests",
            dependencies: ["FastCGI", "MartletFront", httpTypes],
            swiftSettings: settings
        ),
        .target(
            name: "FuzzSubject",
            dependencies: ["MartletCore", "MartletProviders", httpTypes],
            path: "Tests/fuzz/FuzzSubject",
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletProvidersTests",
            dependencies: ["FuzzSubject", "MartletProviders"],
            swiftSettings: settings
        ),
        .testTarget(name: "ThreadingTests", dependencies: ["Threading"], swiftSettings: settings),
        .testTarget(
            name: "CurlTests",
            dependencies: ["Curl", "Threading", httpTypes],
            swiftSettings: settings
        ),
        .testTarget(
            name: "FastCGITests",
            dependencies: ["FastCGI", "Threading", "MartletTesting"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SQLTests",
            dependencies: ["SQL", "Threading", "MartletTesting"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletStoreTests",
            dependencies: ["MartletStore", "MartletCore", "SQL", "MartletTesting"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "WindowProbe",
            dependencies: ["MartletCore", "MartletMeter", "MartletStore"],
            path: "Tests/Probes/WindowProbe",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "LedgerProbe",
            dependencies: ["MartletCore", "MartletMeter", "MartletStore"],
            path: "Tests/Probes/LedgerProbe",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "TokenProbe",
            dependencies: ["MartletCore", "MartletMeter"],
            path: "Tests/Probes/TokenProbe",
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletTests",
            dependencies: [
                "martlet", "MartletAccounts", "MartletCore", "MartletGateway", "MartletProviders",
                "MartletUpstream", "MartletWeb", httpTypes,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletUpstreamTests",
            dependencies: [
                "MartletUpstream", "MartletCore", "MartletProviders", "MartletTesting", "Curl", "Threading",
                httpTypes,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletMeterTests",
            dependencies: [
                "MartletMeter", "MartletStore", "MartletCore", "SQL", "MartletTesting", "Threading",
                "WindowProbe",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletWebTests",
            dependencies: ["MartletWeb", "MartletTesting", "MartletCore", httpTypes, logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MartletGatewayTests",
            dependencies: [
                "MartletAccounts", "MartletGateway", "MartletTesting", "MartletCore", "MartletMeter",
                "MartletProviders",
                "MartletStore",
                "MartletUpstream", "MartletWeb", httpTypes, logging,
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)

// Only for Tests/fuzz/run: its entry is libFuzzer's, and such a program has no main of its own.
if Context.environment["MARTLET_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "FuzzProbe",
            dependencies: ["FuzzSubject"],
            path: "Tests/fuzz/FuzzProbe",
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]
        )
    )
}
