import CFuzzer
import Glibc

// FuzzTargets TARGET [libFuzzer's arguments]: feeds one front end with bytes until something traps, hangs or breaks one of
// the promises that FuzzTarget checks. `make fuzz` runs each of them for a while.

var arguments = CommandLine.arguments
guard arguments.count > 1, let target = FuzzTarget(rawValue: arguments.remove(at: 1)) else {
  print("usage: FuzzTargets \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [libFuzzer's arguments]")
  exit(2)
}

let callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
switch target {
case .clawfile: callback = { FuzzTarget.clawfile.run($0, $1) }
case .yaml: callback = { FuzzTarget.yaml.run($0, $1) }
case .pod: callback = { FuzzTarget.pod.run($0, $1) }
case .shell: callback = { FuzzTarget.shell.run($0, $1) }
case .ruleset: callback = { FuzzTarget.ruleset.run($0, $1) }
case .event: callback = { FuzzTarget.event.run($0, $1) }
case .pack: callback = { FuzzTarget.pack.run($0, $1) }
case .bundle: callback = { FuzzTarget.bundle.run($0, $1) }
case .package: callback = { FuzzTarget.package.run($0, $1) }
case .workload: callback = { FuzzTarget.workload.run($0, $1) }
case .fleet: callback = { FuzzTarget.fleet.run($0, $1) }
case .sentence: callback = { FuzzTarget.sentence.run($0, $1) }
}

var count = CInt(arguments.count)
var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
let status = pointers.withUnsafeMutableBufferPointer { buffer in
  var base = buffer.baseAddress
  return LLVMFuzzerRunDriver(&count, &base, callback)
}
exit(status)
