import JSON
import Source
import TestSupport
import Testing

/// The commands that write for Kubernetes; nothing is started.
@Suite(.serialized)
struct ManifestCommandTests {
  private static let pod = """
    x-claw: {pod: manifest-test, policies: {base: strict}}
    services:
      desk:
        build: .
        x-claw:
          agent: AGENTS.md
          cllama: [passthrough, policy/base]
          cllama-env: {OPENAI_API_KEY: "${OPENAI_API_KEY}"}
          models: {primary: openai/gpt-4o}

    """

  private func project() throws -> Folder {
    let folder = try Folder("manifest")
    try folder.write(
      "Clawfile", "FROM debian:bookworm-slim\nCLAW_TYPE generic\nAGENT AGENTS.md\nCMD [\"sleep\", \"1\"]\n")
    try folder.write("AGENTS.md", "# The contract\n")
    try folder.write("claw-pod.yml", Self.pod)
    return folder
  }

  @Test("Secrets go to standard output alone, and are all that the manifest wants of claw")
  func secrets() async throws {
    let folder = try project()
    let waivers = ["--waive", "restart,ulimits,pids_limit,tmpfs,sysctls"]
    let compiled = await folder.claw(["compile", "--target", "kubernetes@1.37"] + waivers)
    #expect(compiled.status == 0, "\(compiled.all)")
    let manifest = try #require(folder.read("kubernetes.generated.yml"))
    let key = ["OPENAI_API_KEY=sk-not-a-real-key"]
    let secrets = await folder.claw(["compile", "--target", "kubernetes@1.37", "--secrets"], key)
    #expect(secrets.status == 0 && secrets.errors.isEmpty, "\(secrets.all)")
    for name in ["desk-cllama-config", "desk-cllama-keys", "desk-token"] {
      #expect(manifest.contains("\"\(name)\"") && secrets.output.contains("  name: \"\(name)\""), "\(name)")
    }
    // 'sk-not-a-real-key' in base64
    #expect(secrets.output.contains("OPENAI_API_KEY: \"c2stbm90LWEtcmVhbC1rZXk=\""))
    #expect(manifest.contains("path: \"policies/base.bundle.json\""))
    #expect(
      secrets.output.contains("  policies.base.bundle.json: \"") && secrets.output.contains("  trust.pod.pub: \""))
    #expect(!manifest.contains("c2stbm90") && !manifest.contains("sk-not"))
    let missing = await folder.claw(["compile", "--target", "kubernetes@1.37", "--secrets"])
    #expect(missing.status == 3 && missing.output.isEmpty, "\(missing.all)")
  }

  @Test("A workload and its rules, a tenancy, and workloads that are too much for it")
  func workloads() async throws {
    let folder = try Folder("tenancy")
    try folder.write(
      "train.yml", "workload:\n  name: train\n  image: a\n  gpus: 4\n  alerts: [{name: Down, expr: up == 0}]\n")
    try folder.write("tenants.yml", "tenants:\n  - {name: research, quota: {gpus: 4}}\n")
    let emitted = await folder.claw(["workload", "emit", "train.yml", "--target", "kubernetes@1.34", "-o", "out"])
    #expect(emitted.status == 0, "\(emitted.all)")
    #expect(folder.read("out/train.kubernetes.yml")?.contains("nvidia.com/gpu") == true)
    #expect(folder.read("out/train.rules.yml")?.contains("alert: \"Down\"") == true)
    let words = ["workload", "check", "--tenancy", "tenants.yml", "--tenant", "research"]
    #expect(await folder.claw(words + ["train.yml"]).status == 0)
    let twice = await folder.claw(words + ["train.yml", "train.yml"])
    #expect(twice.status == 3 && twice.errors.contains("tenancy/over-quota"), "\(twice.all)")
    let nobody = await folder.claw(words.dropLast() + ["press", "train.yml"])
    #expect(nobody.status == 2 && nobody.errors.contains("has no tenant 'press'"), "\(nobody.all)")
    let lost = await folder.claw(["tenancy", "emit", "tenants.yml", "--target", "kubernetes@1.37"])
    #expect(lost.status == 3 && lost.errors.contains("tenancy/lost-field"), "\(lost.all)")
    let whole = await folder.claw(
      ["tenancy", "emit", "tenants.yml", "--target", "kubernetes@1.37", "--waive", "tenants[0].quota.gpus"])
    #expect(whole.status == 0 && whole.output.contains("kind: \"ResourceQuota\""), "\(whole.all)")
    let other = await folder.claw(["tenancy", "emit", "tenants.yml", "--target", "slurm"])
    #expect(other.status == 2, "\(other.all)")
    let checked = await folder.claw(["tenancy", "check", "tenants.yml"])
    #expect(checked.status == 0 && checked.output == "tenants.yml: 1 tenants, 1 namespaces\n", "\(checked.all)")
  }
}
