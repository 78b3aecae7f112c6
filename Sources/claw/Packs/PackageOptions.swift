import ArgumentParser
import Governance
import JSON
import Runtime
import Source

/// What a package is held against.
struct PackageOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Whose approvals, runners and seals count: a JSON file of yours.", valueName: "file"),
    completion: .file())
  var trust: String?
  @Option(
    help: ArgumentHelp("The session's policies: a JSON file, or a folder with one for each.", valueName: "path"),
    completion: .file())
  var policies: String?
  @Option(
    help: ArgumentHelp(
      "Which rule digests must follow: that of the reference's code, that of its specification, or either.",
      valueName: "profile"))
  var profile: HashProfile = .auto

  func validator() throws -> PackageValidator {
    PackageValidator(
      trust: try trust.map { try Self.trust($0) }, policies: try policies.map { try Self.policies($0) },
      profile: profile, now: Now.seconds)
  }

  private static func read(_ path: String) throws -> SourceFile {
    var status = Status.done
    guard let file = Inputs.read(path, &status) else { throw status }
    return file
  }

  private static func trust(_ path: String) throws -> PackageTrust {
    let file = try read(path)
    let (trust, problems) = PackageTrust.read(file.bytes, file: path)
    for problem in problems {
      let place = problem.position(in: file.bytes).map { ":\($0.line):\($0.column)" } ?? ""
      Console.say("claw: \(path)\(place): \(problem.message)")
    }
    guard let trust else { throw Status.invalid }
    return trust
  }

  private static func policies(_ path: String) throws -> PackageValidator.Policies {
    func json(_ path: String) throws -> JSONValue {
      let file = try read(path)
      do throws(JSONFailure) { return try JSONValue.strict(file.bytes) } catch {
        let place = file.position(at: error.offset)
        Console.say("claw: \(path):\(place.line):\(place.column): \(error.message)")
        throw Status.invalid
      }
    }
    guard FileSearch.kind(of: path) == .folder else {
      let value = try json(path)
      return .init(value.array == nil ? [value] : value, file: path)
    }
    let names = (FileSearch.names(in: path) ?? []).filter { $0.hasSuffix(".json") }.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    guard !names.isEmpty else {
      Console.say("claw: there is no policy in '\(path)'")
      throw Status.invalid
    }
    return .init(.array(try names.map { try json(FilePath.join(path, $0)) }), file: path)
  }
}

extension HashProfile: ExpressibleByArgument {}
