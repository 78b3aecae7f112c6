import Cllama
import Driver
import IR
import JSON
import Policy

/// Whether sidecars will understand what they are told: each one's configuration is read as the sidecar itself reads it, before
/// anything changes.
enum SidecarCheck {
  /// What the first sidecar that would refuse its configuration says; nil if none would.
  static func refusal(_ pod: PodPlan) -> String? {
    let digest = String(repeating: "0", count: 64)
    let tokens = Dictionary(
      pod.sidecars.flatMap(\.instances).map { ($0.name, digest) }, uniquingKeysWith: { first, _ in first })
    for sidecar in pod.sidecars {
      guard let file = SidecarFolder.files(sidecar, of: pod, tokens: tokens, policies: [:]).last else { continue }
      do throws(ConfigurationFailure) {
        let configuration = try SidecarConfiguration(file.bytes)
        // Policies are compiled and signed elsewhere; what others are set to is looked at here.
        _ = try StageBuilder.pipeline(configuration.stages.filter { $0.bundle == nil }) {
          bundle throws(ConfigurationFailure) in
          throw ConfigurationFailure(bundle, "is no policy's")
        }
      } catch {
        return "the sidecar of '\(sidecar.instances.first?.name ?? sidecar.name)' would refuse what it is told: "
          + (error.path.isEmpty ? error.message : "\(error.path) \(error.message)")
      }
    }
    return nil
  }
}
