// swift-tools-version: 6.2

import PackageDescription

// Each target is a room of the house that docs/architecture.md draws; Tests/ArchitectureTests fails
// when a source file imports against the arrows.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "parapet",
    products: [
        .executable(name: "parapet", targets: ["parapet"])
    ],
    dependencies: [
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
    ],
    targets: [
        .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CExpat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CPCRE2", providers: [.apt(["libpcre2-dev"])]),
        // An inline function only: nothing is linked.
        .target(name: "CFlowLine", cSettings: [.unsafeFlags(["-O3"])]),
        .target(
            name: "CSimdJSON", cxxSettings: [.unsafeFlags(["-O3", "-fno-exceptions", "-fno-rtti"])],
            // In this order: an archive's linker looks behind it for what it lacks.
            linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("stdc++")]),
        .target(
            name: "Basics", dependencies: [.product(name: "Algorithms", package: "swift-algorithms")],
            swiftSettings: strict),
        .target(
            name: "AWSClient",
            dependencies: [
                "Basics", "CExpat",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "IAMPolicy",
            dependencies: ["Basics", .product(name: "BitCollections", package: "swift-collections")],
            swiftSettings: strict),
        .target(name: "Gzip", dependencies: ["CDeflate", "CZlib", "CZstd"], swiftSettings: strict),
        .target(
            name: "LogSources",
            dependencies: [
                "Basics", "AWSClient", "CSimdJSON", "Gzip", .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(name: "LogReaders", dependencies: ["Basics", "CFlowLine", "CSimdJSON"], swiftSettings: strict),
        .target(
            name: "RuleTree", dependencies: [.product(name: "Yams", package: "Yams")], swiftSettings: strict),
        // The plugin finds the rules by itself.
        .target(
            name: "Sigma",
            dependencies: [
                "Basics", "IAMPolicy", "LogReaders", "RuleTree", "CPCRE2", .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["Rules"], swiftSettings: strict, plugins: ["EmbedRules"]),
        .target(
            name: "Analytics",
            dependencies: [
                "Basics", "LogReaders", .product(name: "Algorithms", package: "swift-algorithms"),
            ], exclude: ["README.md"], swiftSettings: strict),
        .target(
            name: "Hunting", dependencies: ["Basics", "Sigma", "Analytics", "LogReaders", "LogSources"],
            swiftSettings: strict),
        // The same detections where the logs outgrow one machine.
        .target(
            name: "DistributedEngines",
            dependencies: [
                "Basics", "AWSClient", "Analytics", "Hunting", "LogReaders", "LogSources", "Sigma", "SparkConnect",
            ],
            swiftSettings: strict),
        // Spark Connect's protocol, and the flat part of Arrow in which its answers come.
        .target(
            name: "SparkConnect",
            dependencies: [
                "Basics",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
            ],
            exclude: ["Protocol/spark_connect.proto"], swiftSettings: strict),
        // The built-in rules become a part of the binary.
        .executableTarget(
            name: "RuleEmbedder", dependencies: ["RuleTree"], path: "Plugins/RuleEmbedder", swiftSettings: strict),
        .plugin(name: "EmbedRules", capability: .buildTool(), dependencies: ["RuleEmbedder"]),
        .target(
            name: "TrailIntegrity",
            dependencies: [
                "Basics", "LogSources", "AWSClient", "Gzip",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(name: "Inventory", dependencies: ["Basics", "AWSClient", "IAMPolicy", "Gzip"], swiftSettings: strict),
        .target(
            name: "EffectiveAccess",
            dependencies: [
                "Basics", "IAMPolicy", "Inventory", .product(name: "BitCollections", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "Posture", dependencies: ["Basics", "EffectiveAccess", "Inventory", "IAMPolicy", "AWSClient"],
            swiftSettings: strict),
        .target(
            name: "Practices",
            dependencies: ["Basics", "Posture", "EffectiveAccess", "Inventory", "IAMPolicy", "AWSClient"],
            swiftSettings: strict),
        .target(
            name: "Remediation",
            dependencies: [
                "Basics", "AWSClient", "EffectiveAccess", "IAMPolicy", "Inventory", "Posture",
                .product(name: "Crypto", package: "swift-crypto"),
            ], swiftSettings: strict),
        .target(
            name: "Store", dependencies: ["Basics", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        // The style, the frame and the charts of every page: of reports, and of the dashboard.
        .target(
            name: "Pages", dependencies: ["Basics", .product(name: "Mustache", package: "swift-mustache")],
            swiftSettings: strict),
        .target(
            name: "Notifiers",
            dependencies: [
                "Basics", "AWSClient", "Store",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Dashboard",
            dependencies: [
                "Basics", "Pages", "Posture", "Reports", "Store",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Reports",
            dependencies: [
                "Basics", "Pages", "Posture", "Remediation", "EffectiveAccess", "Inventory", "IAMPolicy", "AWSClient",
                "TrailIntegrity",
                "Hunting",
                "Analytics", "Sigma", "LogReaders", "LogSources",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .target(
            name: "Runs",
            dependencies: [
                "Basics", "AWSClient", "Analytics", "Dashboard", "DistributedEngines", "EffectiveAccess", "Hunting",
                "IAMPolicy", "Inventory",
                "LogReaders", "LogSources", "Notifiers", "Posture", "Practices", "Remediation", "Reports", "Sigma",
                "SparkConnect", "Store", "TrailIntegrity",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "parapet",
            dependencies: [
                "Basics", "AWSClient", "Analytics", "DistributedEngines", "EffectiveAccess", "Hunting", "IAMPolicy",
                "Inventory", "LogReaders",
                "LogSources", "Notifiers",
                "Posture", "Remediation", "Reports", "Runs", "Sigma", "Store", "TrailIntegrity",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // What the tests share: the moto server, a small HTTP server, the project's own files.
        .target(
            name: "TestSupport",
            dependencies: [
                "Basics", "AWSClient", "Gzip",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/Support/Swift", swiftSettings: strict),
        // `Benchmarks/verify/run`: makes what `parapet verify` is measured on, and measures the floor.
        .executableTarget(
            name: "VerifyBenchmark",
            dependencies: [
                "Basics", "AWSClient", "Gzip", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Benchmarks/verify", exclude: ["run"], swiftSettings: strict),
        // `Benchmarks/access/run`: who can read a thousand buckets, by the index and without.
        .executableTarget(
            name: "AccessBenchmark",
            dependencies: [
                "Basics", "EffectiveAccess", "IAMPolicy", "Inventory",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "BitCollections", package: "swift-collections"),
            ],
            path: "Benchmarks/access", exclude: ["run"], swiftSettings: strict),
        // `Benchmarks/hunt-flow/run`: flow and access logs with planted attacks, and what the analytics make of them.
        .executableTarget(
            name: "HuntFlowBenchmark",
            dependencies: ["Basics", "Analytics", "Gzip", "Hunting", "LogReaders", "LogSources", "Sigma"],
            path: "Benchmarks/hunt-flow", exclude: ["run", "flow_query.py"], swiftSettings: strict),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: strict),
        .testTarget(name: "BasicsTests", dependencies: ["Basics", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "AWSClientTests", dependencies: ["Basics", "AWSClient", "TestSupport"], exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "IAMPolicyTests",
            dependencies: [
                "Basics", "IAMPolicy", "parapet", "TestSupport",
                .product(name: "BitCollections", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EffectiveAccessTests",
            dependencies: ["Basics", "EffectiveAccess", "Inventory", "IAMPolicy", "AWSClient", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "InventoryTests", dependencies: ["Basics", "Inventory", "AWSClient", "Gzip", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "PostureTests", dependencies: ["Basics", "Posture", "EffectiveAccess", "Inventory", "AWSClient"],
            swiftSettings: strict),
        .testTarget(
            name: "PracticesTests",
            dependencies: ["Basics", "Practices", "Posture", "Inventory", "IAMPolicy", "AWSClient", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "Basics", "Pages", "Reports", "Hunting", "Analytics", "Sigma", "LogReaders", "LogSources",
                "EffectiveAccess",
                "IAMPolicy", "Posture", "Inventory", "AWSClient", "TrailIntegrity", "TestSupport",
            ],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "TrailIntegrityTests",
            dependencies: [
                "Basics", "TrailIntegrity", "LogSources", "AWSClient", "Gzip", "Reports", "Runs", "parapet",
                "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LogSourcesTests",
            dependencies: ["Basics", "LogSources", "LogReaders", "AWSClient", "Gzip", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "LogReadersTests", dependencies: ["Basics", "LogReaders", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "SigmaTests",
            dependencies: [
                "Basics", "Sigma", "LogReaders", "RuleTree", "TestSupport", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AnalyticsTests", dependencies: ["Basics", "Analytics", "LogReaders", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "HuntingTests",
            dependencies: ["Basics", "Hunting", "Analytics", "LogReaders", "LogSources", "Sigma", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "DistributedEnginesTests",
            dependencies: [
                "Basics", "AWSClient", "DistributedEngines", "Hunting", "LogReaders", "LogSources", "Runs", "Sigma",
                "SparkConnect", "TestSupport", "parapet",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HuntTests",
            dependencies: [
                "Basics", "parapet", "Runs", "Analytics", "AWSClient", "Hunting", "LogReaders", "LogSources", "Reports",
                "Sigma", "Gzip", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RemediationTests",
            dependencies: ["Basics", "Remediation", "Posture", "Practices", "Inventory", "AWSClient", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "FixTests",
            dependencies: [
                "Basics", "parapet", "Runs", "Remediation", "Reports", "Practices", "Posture", "Inventory", "AWSClient",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Basics", "Store", "TestSupport", "parapet", .product(name: "GRDB", package: "GRDB.swift"),
            ], swiftSettings: strict),
        .testTarget(
            name: "NotifiersTests",
            dependencies: [
                "Basics", "AWSClient", "Notifiers", "Runs", "Store", "TestSupport", "parapet",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Basics", "AWSClient", "Dashboard", "Pages", "Posture", "Practices", "Runs", "Store", "TestSupport",
                "parapet",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "WatchTests",
            dependencies: [
                "Basics", "AWSClient", "Analytics", "Gzip", "Hunting", "LogReaders", "LogSources", "Notifiers",
                "Posture",
                "Practices", "Reports", "Runs", "Sigma", "Store", "TestSupport", "TrailIntegrity", "parapet",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RunsTests",
            dependencies: [
                "Basics", "Runs", "Dashboard", "Hunting", "Analytics", "LogReaders", "Posture", "Inventory", "Reports",
                "AWSClient", "Store", "TrailIntegrity", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ScanTests",
            dependencies: [
                "Basics", "parapet", "Runs", "Practices", "Posture", "Inventory", "IAMPolicy", "Reports", "AWSClient",
                "Gzip", "Analytics", "LogReaders",
                "TestSupport",
            ],
            exclude: ["Fixtures"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
