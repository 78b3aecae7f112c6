import Canonical
import Diagnostics
import Driver
import Glibc
import Governance
import JSON
import Lowering
import Ledger
import IR
import Runtime
import Source

// GovernanceFigures SESSION POLICIES: how many sealed change packages a second are validated in memory, signatures
// included, and how many reports in the Conformance Normal Form are written. CPU time of one thread; medians. With a number
// behind, only so many validations, for a profiler to look at.

// As claw does it: what is measured is work, not how often the heap is given back between two repetitions.
var block: UnsafeMutableRawPointer?
if posix_memalign(&block, 16, 24 << 20) == 0 { free(block) }

/// The CPU time of this process, in seconds.
func cpu() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// How often a second a piece of work is done, the middle one of some measurements.
func rate(_ runs: Int, _ rounds: Int, _ work: () -> Void) -> Double {
  var rates: [Double] = []
  for _ in 0..<runs {
    let start = cpu()
    for _ in 0..<rounds { work() }
    rates.append(Double(rounds) / (cpu() - start))
  }
  return rates.sorted()[runs / 2]
}

func shown(_ rate: Double) -> String {
  let digits = String(Int(rate))
  return String(repeating: " ", count: max(0, 10 - digits.count)) + digits
}

/// A run of 12 events, held against the shipped pack for changes, read and compiled once as `claw pack validate` does.
func packs() throws {
  let digest = String(repeating: "a", count: 64)
  let list =
    [
      ("RunStarted", #"{"metadata":{"correlationId":"OPS-7"}}"#),
      (
        "ContractRecorded",
        #"{"contract":{"description":"d","inputParams":{"a":1},"title":"t"},"contractType":"IntentContract"}"#
      ),
    ]
    + (0..<9).map { index in
      (
        "ArtifactRecorded",
        #"{"artifactId":"\#(digest)","label":"report-\#(index).md","mime":"text/plain","sha256":"\#(digest)","size":3}"#
      )
    } + [("RunCompleted", "{}")]
  let events = list.enumerated().map { index, entry in
    AuditEvent(
      eventId: "22222222-2222-4222-8222-00000000000\(index % 10)", runId: "11111111-1111-4111-8111-111111111111",
      seq: index + 1, ts: "2026-01-02T03:04:05.006Z", type: entry.0,
      actor: Array(#"{"actorId":"ann","actorType":"human"}"#.utf8), payload: Array(entry.1.utf8), prevHash: nil)
  }
  let subject = PackSubject(
    kind: .run, name: "run", events: events,
    artifacts: (0..<9).map { .init(sha256: digest, label: "report-\($0).md", mime: "text/plain") },
    verification: .init(isSigned: true)
  ) { _ in nil }
  var bag = DiagnosticBag()
  guard let file = BuiltInPacks.file("change-shipping"), let pack = PackCompiler.compile(file, into: &bag) else {
    return
  }
  let evaluator = PackEvaluator(pack.plan, hash: pack.hash)
  guard evaluator.evaluate(subject).passes else {
    print("the run does not pass")
    exit(1)
  }
  print(
    "pack 'change-shipping' on a run of \(events.count) events, verification and re-hashing apart, per second of CPU time"
  )
  print("  validated                    \(shown(rate(11, 5_000) { _ = evaluator.evaluate(subject) }))   (20000)")
  let compiled = rate(11, 300) {
    var bag = DiagnosticBag()
    _ = PackCompiler.compile(file, into: &bag)
  }
  print("  the pack read and compiled   \(shown(compiled))")
}

let arguments = CommandLine.arguments
let session = arguments.count > 1 ? arguments[1] : "Tests/GovernanceTests/Fixtures/session"
let policyFile = arguments.count > 2 ? arguments[2] : "Tests/GovernanceTests/Fixtures/policies.json"

do {
  let files = try PackageFolder.read(session)
  let policies = try JSONValue.strict(try DiskFiles().read(policyFile, within: nil, limit: 1 << 20).bytes)
  let policy = try JSONValue.strict(files.files["approval-policy.json"] ?? [])
  let identity = try JSONValue.strict(files.files["runner-identity.json"] ?? [])
  let approvers = (policy["approvers"]?.array ?? []).map { approver -> JSONValue in
    [
      "approverId": approver["approverId"] ?? nil, "role": approver["role"] ?? nil,
      "publicKey": approver["publicKeyPem"] ?? nil,
    ]
  }
  let trustJSON: JSONValue = [
    "schema": 1, "approvers": .array(approvers),
    "runners": [["runnerId": identity["runnerId"] ?? nil, "publicKey": identity["runnerPublicKey"] ?? nil]],
    "quorum": [["artifactType": "decision_lock", "m": 2, "roles": ["lead", "security"]]],
    "packages": [.string(files.contentsHash)],
  ]
  let trust = PackageTrust.read(Array(trustJSON.text().utf8), file: "trust.json").trust
  let validator = PackageValidator(trust: trust, policies: .init(policies), now: 1_800_000_000)
  guard validator.validate(files).passes else {
    print("the sample does not pass")
    exit(1)
  }
  if arguments.count > 3 {
    for _ in 0..<(Int(arguments[3]) ?? 100) { _ = validator.validate(files) }
    exit(0)
  }
  let size = files.files.values.reduce(0) { $0 + $1.count }
  let packages = rate(11, 500) { _ = validator.validate(files) }
  print(
    "sealed change packages, \(files.files.count) files, \(size) bytes, 3 RSA-2048 signatures, per second of CPU time")
  print("  validated                    \(shown(packages))   (5000)")
  let parsed = rate(11, 500) { for (_, bytes) in files.files { _ = try? JSONValue.strict(bytes) } }
  print("  only parsed                  \(shown(parsed))")

  try packs()

  let problems = (0..<10).map { index in
    CNFReport.Problem(
      code: ["SEAL_HASH_MISMATCH", "ID_MISMATCH", "SCHEMA_INVALID"][index % 3],
      message: "expected 4, got \(10 - index)",
      artifactType: index % 4 == 0 ? nil : "evidence-chain", path: index % 5 == 0 ? nil : "/events/\(index)")
  }
  let report = CNFReport(
    mode: .sealedPackage, passes: false, hashes: .init(planHash: String(repeating: "ab", count: 32)), problems: problems
  )
  print("reports in the Conformance Normal Form with 10 errors, \(report.bytes.count) bytes, per second of CPU time")
  print("  written                      \(shown(rate(11, 20_000) { _ = report.bytes }))   (500000)")
  print("  written and hashed           \(shown(rate(11, 20_000) { _ = report.digest }))")
} catch {
  print("\(error)")
  exit(1)
}
