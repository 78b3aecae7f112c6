import Diagnostics
import Driver
import Emitters
import IR
import Lowering
import Placement
import Source

extension FuzzTarget {
  /// A workload is read or refused, and every engine's emitter writes one that is sound.
  func workload(_ bytes: [UInt8]) {
    let file = SourceFile(path: "workload.yml", bytes: bytes)
    let compilation = Compiler.compile(file, kind: .workload, files: MemoryFiles())
    check(compilation, of: file)
    var bag = DiagnosticBag()
    guard let plan = WorkloadCompiler.compile(file, into: &bag) else {
      precondition(bag.hasErrors, "a workload is refused without a reason")
      return
    }
    for target in ["kubernetes@1.37", "kubernetes@1.33", "slurm", "slurm-plain", "compose", "swarm", "protobuf"] {
      guard let target = WorkloadTarget(target) else { preconditionFailure("an engine is gone") }
      let emitted = WorkloadEmitter.emit(plan, for: target, waived: [])
      precondition(!emitted.files.isEmpty, "\(target.name) has no file")
      let waived = Set(emitted.losses.map(\.field))
      precondition(
        WorkloadCompiler.emit(plan, for: target, waived: waived, into: &bag) != nil, "what is waived is lost still")
    }
  }

  /// A fleet is read or refused; what is written of one says the same.
  func fleet(_ bytes: [UInt8]) {
    let file = SourceFile(path: "fleet.yml", bytes: bytes)
    check(Compiler.compile(file, kind: .fleet, files: MemoryFiles()), of: file)
    var bag = DiagnosticBag()
    guard let fleet = WorkloadCompiler.fleet(file, into: &bag), fleet.nodes.count <= 1000 else { return }
    let written = SourceFile(path: "fleet.yml", bytes: FleetText.write(fleet, notes: []))
    guard let again = WorkloadCompiler.fleet(written, into: &bag) else {
      preconditionFailure("a fleet that was written can't be read")
    }
    precondition(again.nodes.map(\.name) == fleet.nodes.map(\.name), "nodes are lost")
    precondition(again.running == fleet.running, "what runs is lost")
    _ = Planner(fleet)
  }

  /// A sentence is understood or refused; what it becomes is a workload.
  func sentence(_ bytes: [UInt8]) {
    let file = SourceFile(path: "the sentence", bytes: bytes)
    var bag = DiagnosticBag()
    guard let made = IntentLowering.lower(file, runners: [], into: &bag) else {
      precondition(bag.hasErrors, "a sentence is refused without a reason")
      return
    }
    var found = DiagnosticBag()
    let plan = WorkloadCompiler.compile(SourceFile(path: "w.yml", bytes: made.bytes), into: &found)
    precondition(plan != nil, "a sentence becomes no workload")
  }
}
