import Canonical
import Cllama
import JSON
import Runtime
import Source

/// What a person says to a sidecar that runs: an entry of a list in a file beside its configuration, which it reads every
/// second.
enum SidecarNote {
  /// The folder that the sidecar of an instance reads.
  static func folder(_ view: PodView, _ instance: String) -> String? {
    let sidecars = view.containers.filter { $0.labels["claw.role"] == "cllama" }
    let own = sidecars.first { $0.service == "\(instance)-cllama" } ?? sidecars.first { $0.service == "claw-cllama" }
    return own?.mounts["/claw/config"]?.source
  }

  /// Adds entries, each with an id and the time. The last ones of a list are enough: a sidecar knows what it took note of.
  static func add(_ entries: [[JSONValue.Member]], to list: String, file: String, in folder: String, keeping count: Int)
    throws
  {
    let path = FilePath.join(folder, file)
    var known: [JSONValue] = []
    if let bytes = try? RecordFile.contents(path), let value = try? JSONValue.strict(bytes) {
      known = value[list]?.array ?? []
    }
    for entry in entries {
      let id = Digest.hexadecimal(RandomBytes.make(8))
      known.append(
        .object([.init("id", .string(id))] + entry + [.init("time", .string(RecordTime.text(RecordTime.now)))]))
    }
    let document: JSONValue = .object([.init(list, .array(Array(known.suffix(count))))])
    do throws(ArtifactStore.Failure) {
      _ = try ArtifactStore.write([(path, Array((document.text(indented: true) + "\n").utf8))])
    } catch {
      Console.say("claw: '\(error.path)': \(error.reason)")
      throw Status.failed
    }
  }
}
