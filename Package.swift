// swift-tools-version: 6.1
import PackageDescription

/// One place for what every target of ours is compiled with.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// What costs so much time that tests would take minutes without the optimizer.
let optimized: [SwiftSetting] = settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// A target of the compiler; `imports` names the modules it may see (ARCHITECTURE.md has the table, a test checks it).
func module(
  _ name: String, imports: [Target.Dependency] = [], resources: [Resource] = [], isOptimized: Bool = false
) -> Target {
  .target(
    name: name, dependencies: imports, resources: resources, swiftSettings: isOptimized ? optimized : settings)
}

func tests(_ name: String, imports: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: imports, swiftSettings: settings)
}

let package = Package(
  name: "claw",
  products: [],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
  ],
  targets: [
    .systemLibrary(name: "CLibYAML", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .target(name: "CScan"),
    module("Source"),
    module("Automata", imports: ["CScan"], isOptimized: true),
    module("JSON", imports: ["Source"], isOptimized: true),
    module("Diagnostics", imports: ["Source", "JSON"]),
    module("Lexer", imports: ["Source", "Diagnostics", "JSON", "CLibYAML"]),
    module("Directives", imports: ["Source"]),
    module("Guards"),
    module("AST", imports: ["Source", "Lexer", "Directives"]),
    module("Parser", imports: ["Source", "Lexer", "JSON", "AST", "Directives", "Guards", "Diagnostics"]),
    module("Format", imports: ["Source", "Lexer", "AST"]),
    module("Canonical", imports: ["COpenSSL", "JSON"], isOptimized: true),
    module("IR", imports: ["Source", "JSON", "Automata"]),
    module(
      "Lowering",
      imports: [
        "Source", "Lexer", "JSON", "AST", "Automata", "Directives", "Guards", "Diagnostics", "Parser", "Canonical",
        "IR",
      ], resources: [.embedInCode("Policy/Rulesets"), .embedInCode("Pack/Packs"), .embedInCode("Workload/Runners")]),
    module("Policy", imports: ["Source", "JSON", "Automata", "Guards", "Canonical", "IR"], isOptimized: true),
    module("Ledger", imports: ["Source", "JSON", "Canonical", "CSQLite", "CZlib"], isOptimized: true),
    module(
      "Governance", imports: ["Source", "JSON", "Canonical", "Automata", "IR", "Policy", "Ledger"], isOptimized: true),
    module("Placement", imports: ["IR"], isOptimized: true),
    module("Emitters", imports: ["Source", "IR", "JSON"], resources: [.embedInCode("Scripts")]),
    module(
      "Driver",
      imports: [
        "Source", "JSON", "Diagnostics", "Lexer", "Automata", "Directives", "Guards", "AST", "Parser", "Format",
        "Lowering", "IR",
        "Emitters", "Canonical", "Policy",
      ]),
    module("Processes", imports: ["Source", .product(name: "Subprocess", package: "swift-subprocess")]),
    module(
      "Runtime",
      imports: [
        "Source", "JSON", "Diagnostics", "IR", "Lowering", "Emitters", "Driver", "Canonical", "Governance", "Processes",
      ]),
    module(
      "Cllama", imports: ["Source", "JSON", "Automata", "Guards", "Canonical", "IR", "Policy"], isOptimized: true),
    module(
      "CllamaServer",
      imports: [
        "Source", "JSON", "Canonical", "IR", "Policy", "Lowering", "Driver", "Cllama", "CMalloc",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    module(
      "CllamaDash",
      imports: [
        "Source", "JSON", "Canonical", "Cllama", "Processes",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
      ], resources: [.embedInCode("Page")]),
    .executableTarget(
      name: "cllama",
      dependencies: [
        "Source", "JSON", "Cllama", "CllamaServer", "CllamaDash",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    .executableTarget(
      name: "claw",
      dependencies: [
        "Source", "JSON", "Diagnostics", "Lexer", "AST", "IR", "Lowering", "Canonical", "Policy", "Ledger",
        "Governance", "Placement", "Emitters", "Cllama",
        "Driver",
        "Processes",
        "Runtime",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    tests("LexerTests", imports: ["Source", "JSON", "Diagnostics", "Lexer", "TestSupport"]),
    .target(
      name: "TestSupport",
      dependencies: ["Source", "JSON", "Diagnostics", "Canonical", "Driver", "Processes", "Runtime"],
      path: "Tests/TestSupport",
      swiftSettings: settings),
    tests("SourceTests", imports: ["Source", "TestSupport"]),
    tests("AutomataTests", imports: ["Automata", "TestSupport"]),
    tests(
      "PolicyTests",
      imports: [
        "Source", "JSON", "Diagnostics", "Automata", "Guards", "IR", "Lowering", "Policy", "Driver", "Canonical",
        "TestSupport",
      ]),
    tests("JSONTests", imports: ["Source", "JSON", "TestSupport"]),
    tests("DiagnosticsTests", imports: ["Source", "JSON", "Diagnostics", "TestSupport"]),
    tests("ParserTests", imports: ["Source", "Diagnostics", "Lexer", "Directives", "AST", "Parser", "TestSupport"]),
    tests(
      "LoweringTests",
      imports: ["Source", "JSON", "Diagnostics", "Lexer", "AST", "Parser", "IR", "Lowering", "TestSupport"]),
    tests(
      "DriverTests",
      imports: ["Source", "JSON", "Diagnostics", "Lexer", "AST", "Parser", "Driver", "Runtime", "TestSupport"]),
    tests("GoldenTests", imports: ["Source", "Diagnostics", "Directives", "Driver", "Runtime", "TestSupport"]),
    tests(
      "GrammarTests",
      imports: [
        "Source", "JSON", "Diagnostics", "Lexer", "Directives", "Guards", "AST", "IR", "Lowering", "Driver", "Runtime",
        "TestSupport",
      ]),
    tests(
      "PolicyTestingTests",
      imports: [
        "Source", "Automata", "JSON", "Diagnostics", "Guards", "IR", "Lowering", "Policy", "Driver", "Runtime",
        "TestSupport",
      ]),
    tests(
      "TrustTests",
      imports: [
        "Source", "JSON", "Diagnostics", "IR", "Canonical", "Policy", "Driver", "Processes", "Runtime", "TestSupport",
      ]),
    tests("LedgerTests", imports: ["Source", "JSON", "Canonical", "Ledger", "Runtime", "TestSupport"]),
    .testTarget(
      name: "GovernanceTests",
      dependencies: [
        "Source", "JSON", "Diagnostics", "Canonical", "IR", "Lowering", "Policy", "Ledger", "Governance", "Driver",
        "Runtime", "TestSupport",
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
    .testTarget(
      name: "EquivalenceTests",
      dependencies: ["JSON", "Canonical", "Ledger", "Governance", "Processes", "Runtime", "TestSupport"],
      path: "Tests/Equivalence",
      exclude: ["equivalence.py", "differences.json"], swiftSettings: settings),
    tests(
      "CllamaTests",
      imports: ["Source", "JSON", "Canonical", "IR", "Policy", "Lowering", "Driver", "Cllama", "TestSupport"]),
    .testTarget(
      name: "CllamaServerTests",
      dependencies: ["cllama", "JSON", "Canonical", "Driver", "IR", "Cllama", "CllamaServer", "TestSupport"],
      exclude: ["peers"], swiftSettings: settings),
    .testTarget(
      name: "CllamaDashTests",
      dependencies: ["cllama", "Source", "JSON", "Cllama", "CllamaDash", "Runtime", "TestSupport"],
      exclude: ["Fixtures"], swiftSettings: settings),
    tests(
      "RuntimeTests",
      imports: ["Source", "JSON", "Diagnostics", "IR", "Driver", "Processes", "Runtime", "TestSupport"]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Source", "JSON", "IR", "Lowering", "Canonical", "Placement", "Emitters", "Processes", "Runtime", "TestSupport",
        "claw",
      ],
      path: "Tests/EndToEnd", swiftSettings: settings),
    tests(
      "EmittersTests",
      imports: [
        "Source", "JSON", "Diagnostics", "Lexer", "Lowering", "IR", "Emitters", "Driver", "Runtime", "Cllama",
        "TestSupport",
      ]),
    tests("PlacementTests", imports: ["IR", "Placement", "TestSupport"]),
    .testTarget(
      name: "WorkloadTests",
      dependencies: [
        "Source", "JSON", "Diagnostics", "Guards", "IR", "Lowering", "Placement", "Emitters", "Driver", "Processes",
        "Runtime", "TestSupport",
      ],
      exclude: ["peers"], swiftSettings: settings),
    .testTarget(
      name: "KubernetesTests",
      dependencies: [
        "Source", "JSON", "Diagnostics", "IR", "Lowering", "Placement", "Emitters", "Driver", "Processes", "Runtime",
        "TestSupport",
      ],
      path: "Tests/Kubernetes", exclude: ["manifests.py", "selectors.py"], swiftSettings: settings),
    tests("ArchitectureTests", imports: ["Source", "Runtime", "TestSupport"]),
  ]
)

// Fuzz targets and benchmarks are no part of claw: `make fuzz` and `make bench` ask for them, nothing else builds them.
let tools = Context.environment["CLAW_TOOLS"]
if tools == "fuzz" {
  package.targets += [
    .systemLibrary(name: "CFuzzer", path: "Fuzz/CFuzzer"),
    .executableTarget(
      name: "FuzzTargets",
      dependencies: [
        "Source", "JSON", "Diagnostics", "Lexer", "AST", "IR", "Lowering", "Placement", "Emitters", "Driver", "Policy",
        "Canonical", "Ledger", "Governance", "CFuzzer",
      ],
      path: "Fuzz/Sources/FuzzTargets", swiftSettings: settings),
  ]
}
if tools == "bench" {
  package.targets.append(
    .executableTarget(
      name: "TrustFigures", dependencies: ["JSON", "IR", "Canonical", "Driver", "TestSupport"],
      path: "Benchmarks/Sources/TrustFigures", swiftSettings: settings))
  package.targets.append(
    .executableTarget(
      name: "LedgerFigures", dependencies: ["Canonical", "Ledger"],
      path: "Benchmarks/Sources/LedgerFigures", swiftSettings: settings))
  package.targets.append(
    .executableTarget(
      name: "GovernanceFigures",
      dependencies: [
        "Source", "JSON", "Diagnostics", "Canonical", "IR", "Lowering", "Ledger", "Governance", "Driver", "Runtime",
      ],
      path: "Benchmarks/Sources/GovernanceFigures", swiftSettings: settings))
  package.targets.append(
    .executableTarget(
      name: "PlacementFigures", dependencies: ["IR", "Placement", "TestSupport"],
      path: "Benchmarks/Sources/PlacementFigures", swiftSettings: settings))
  package.targets.append(
    .executableTarget(
      name: "BenchmarkTable",
      dependencies: [
        "Source", "Diagnostics", "Lexer", "Parser", "Driver", "Automata", "Guards", "IR", "Lowering", "Policy",
      ],
      path: "Benchmarks/Sources/BenchmarkTable", swiftSettings: settings))
}
