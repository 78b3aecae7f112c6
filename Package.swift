// swift-tools-version: 6.1
import PackageDescription

/// One place for what every target of ours is compiled with.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// A target of the compiler; `imports` names the modules it may see (ARCHITECTURE.md has the table, a test checks it).
func module(_ name: String, imports: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: imports, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, imports: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: imports, swiftSettings: settings)
}

let package = Package(
  name: "claw",
  products: [],
  dependencies: [],
  targets: [
    .systemLibrary(name: "CLibYAML", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
    module("Source"),
    module("Diagnostics", imports: ["Source"]),
    module("JSON", imports: ["Source"]),
    module("Lexer", imports: ["Source", "Diagnostics", "CLibYAML"]),
    module("Lowering", imports: ["Source", "Diagnostics", "Lexer"]),
    tests("LexerTests", imports: ["Source", "Diagnostics", "Lexer"]),
    tests("LoweringTests", imports: ["Source", "Diagnostics", "Lexer", "Lowering"]),
  ]
)
