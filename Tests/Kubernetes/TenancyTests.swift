import Diagnostics
import Driver
import Emitters
import IR
import Runtime
import Source
import TestSupport
import Testing

@Suite("Tenancies for Kubernetes")
struct TenancyTests {
  private static let file = SourceFile(
    path: "tenants.yml",
    bytes: Array(
      """
      tenants:
        - name: research
          namespaces: [research, research-dev]
          quota: {gpus: 64, cpu: 512, memory: 4TiB, workloads: 100, storage: 10TiB}
          roles: {admin: [leads], operator: [people, 'oidc:a/b'], readonly: [auditors]}
        - name: press
          quota: {gpus: {count: 8, maker: amd, by: claim}}
      """.utf8))

  @Test("Each version takes what becomes of one")
  func isValid() async throws {
    var bag = DiagnosticBag()
    let tenancy = try #require(TenancyCompiler.compile(Self.file, into: &bag))
    var manifests: [(minor: Int, bytes: [UInt8])] = []
    for minor in WorkloadTarget.kubernetesMinors {
      var lost = DiagnosticBag()
      #expect(TenancyCompiler.emit(tenancy, minor: minor, waived: [], into: &lost) == nil)
      let fields = ["gpus", "cpu", "memory", "workloads", "storage"].map { "tenants[0].quota.\($0)" }
      #expect(lost.diagnostics.count == 6)
      let emitted = try #require(TenancyCompiler.emit(tenancy, minor: minor, waived: Set(fields), into: &lost))
      manifests.append((minor, try #require(emitted.files.first).bytes))
    }
    let (findings, documents) = try await KubernetesPython.findings(manifests)
    #expect(findings == [])
    #expect(documents == 5 * (10 + 2 * 9 + 3 + 2))
  }

  @Test("The limit of a namespace is the smaller of the two, and none where they contradict one another")
  func minimum() {
    var tenant = Tenancy.Tenant(name: "a", namespaces: [])
    (tenant.quota.cores, tenant.quota.gpus) = (8, .init(count: 4, maker: .nvidia))
    var namespace = Tenancy.Namespace(name: "b")
    (namespace.quota.cores, namespace.quota.memory) = (16, 5)
    namespace.quota.gpus = .init(count: 2, way: .claim)
    let quota = tenant.quota(of: namespace)
    #expect(quota.cores == 8 && quota.memory == 5 && quota.storage == nil)
    #expect(quota.gpus == .init(count: 2, maker: .nvidia, way: .claim))
    namespace.quota.gpus = .init(count: 2, maker: .amd)
    #expect(tenant.quota(of: namespace).gpus?.count == 0)
  }

  @Test("Workloads are counted with the most workers and the choice with the most GPUs")
  func usage() {
    var plan = WorkloadPlan(name: "a", kind: .service, image: "b", cores: 2, memory: 3)
    plan.workers = .init(count: 4, parallelism: 4)
    plan.gpus = [.init(count: 1), .init(count: 8)]
    var usage = Tenancy.Usage()
    usage.add(plan)
    #expect(usage.gpus == 32 && usage.cores == 8 && usage.memory == 12 && usage.workloads == 1)
    plan.scaling = Scaling(minimum: 1, maximum: 10, measure: .cpu(percent: 50))
    usage.add(plan)
    #expect(usage.gpus == 112 && usage.cores == 28 && usage.workloads == 2)
  }
}
