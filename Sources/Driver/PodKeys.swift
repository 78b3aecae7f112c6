package import Diagnostics
package import IR
import Lowering
package import Source

/// The secrets of a pod's sidecars, with their values: what `up` hands over and no artifact holds.
package struct PodKeys: Sendable {
  /// A secret.
  package struct Key: Sendable {
    /// The folder that it lies in.
    package var folder: String
    /// What its file is called.
    package var name: String
    /// The secret.
    package var value: String
  }

  /// The secrets that come from variables.
  package private(set) var keys: [Key] = []
  /// The files that are mounted as they are, with where they are asked for.
  package private(set) var files: [(path: String, location: Location)] = []

  /// Expands the variables that sidecars' secrets come from; one that is not there, or says nothing, is a finding.
  package init(_ pod: PodPlan, _ environment: Environment, into bag: inout DiagnosticBag) {
    var seen: Set<String> = []
    for sidecar in pod.sidecars {
      for key in sidecar.keys {
        switch key.source {
        case .file(let path):
          let whole = FilePath.join(pod.folder, path)
          if !files.contains(where: { $0.path == whole }) { files.append((whole, key.location)) }
        case .variable(let text):
          // Instances of a claw have the same ones.
          guard seen.insert("\(sidecar.keyFolder)/\(key.name)").inserted,
            let value = Self.value(text, key, environment, into: &bag)
          else { continue }
          keys.append(Key(folder: sidecar.keyFolder, name: key.name, value: value))
        }
      }
    }
  }

  private static func value(
    _ text: String, _ key: SidecarPlan.Key, _ environment: Environment, into bag: inout DiagnosticBag
  ) -> String? {
    do throws(Interpolation.Failure) {
      let result = try Interpolation.expand(text, environment)
      if let use = result.uses.first(where: { !$0.isSet && !$0.hasFallback }) {
        bag.report(
          PodRules.variable, at: key.location, "the variable '\(use.name)' is not set",
          help: "set it, here or in '.env' beside the pod file: the sidecar needs it for '\(key.name)'")
        return nil
      }
      if !result.text.isEmpty { return result.text }
      bag.report(PodRules.variable, at: key.location, "'\(key.name)' would be empty", help: "set '\(text)'")
    } catch {
      bag.report(PodRules.variable, at: key.location, error.message, help: error.help)
    }
    return nil
  }
}
