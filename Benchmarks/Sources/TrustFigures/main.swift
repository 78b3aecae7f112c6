import Canonical
import Driver
import Glibc
import IR
import JSON
import TestSupport

// TrustFigures [LINES]: how fast canonical JSON and bundles are, and whether the published digests of number texts come
// out for the first LINES (10,000,000) lines. CPU time; medians.

// As claw does it: what is measured is work, not how often the heap is given back between two repetitions.
var block: UnsafeMutableRawPointer?
if posix_memalign(&block, 16, 24 << 20) == 0 { free(block) }

/// The CPU time of this process, in seconds.
func cpu() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The middle one of some measurements of a piece of work, in seconds.
func median(_ runs: Int, _ work: () throws -> Void) rethrows -> Double {
  var times: [Double] = []
  for _ in 0..<runs {
    let start = cpu()
    try work()
    times.append(cpu() - start)
  }
  return times.sorted()[runs / 2]
}

func rounded(_ value: Double, _ places: Int = 0) -> String {
  let scale = places == 0 ? 1.0 : 10.0
  let shown = (value * scale).rounded() / scale
  return places == 0 ? String(Int(shown)) : String(shown)
}

/// A document like a log of events: 8 MB, names out of order, texts, some escapes, whole numbers and fractions.
func document(size: Int) -> [UInt8] {
  var text = "["
  var index = 0
  while text.utf8.count < size {
    if index > 0 { text += ", " }
    text += """
      {"eventType": "file_write", "eventId": "event-\(index)", "timestamp": "2026-02-03T00:00:\(10 + index % 50)Z", \
      "sessionId": "session-\(index % 100)", "data": {"type": "file", "path": "/app/src/module\(index % 1000)/main.swift", \
      "contentHash": "sha256:\(String(index &* 2_654_435_761, radix: 16))", "size": \(index * 37), "ratio": \(Double(index % 1000) / 8)}, \
      "metadata": {"tool": "editor", "labels": ["a", "größe", "line\\nbreak"], "ok": true, "parent": null}}
      """
    index += 1
  }
  return Array((text + "]").utf8)
}

do {
  let text = document(size: 8 << 20)
  let canonical = try CanonicalText.canonical(text)
  let value = try JSONParser.parse(text, strict: true)
  guard try CanonicalJSON.bytes(value) == canonical else {
    print("the two writers differ")
    exit(1)
  }
  let megabytes = Double(text.count) / 1e6
  let direct = try median(15) { _ = try CanonicalText.canonical(text) }
  let again = try median(15) { _ = try CanonicalText.canonical(canonical) }
  let written = try median(15) { _ = try CanonicalJSON.bytes(value) }
  print("canonical JSON, a document of \(rounded(megabytes, 1)) MB, MB/s of CPU time")
  print("  parsed and written               \(rounded(megabytes / direct))   (150)")
  print("  parsed and written, in order     \(rounded(Double(canonical.count) / 1e6 / again))")
  print("  written from a parsed value      \(rounded(Double(canonical.count) / 1e6 / written))   (400)")

  let key = try PrivateKey(seed: [UInt8](repeating: 1, count: 32))
  let keys = TrustedKeys(pinned: [key.publicKey])
  let ruleset = try CanonicalText.canonical(document(size: 2_500))
  func bundle() -> PolicyBundle {
    PolicyBundle(
      policy: ruleset, profile: .hardened, policyHash: Digest.sha256Hex(ruleset), semanticHash: Digest.sha256Hex([1]),
      isExact: true,
      sources: [.init(name: "file:policy.yml", sha256: Digest.sha256Hex([2]))], channel: "default", sequence: 7,
      compiledAt: 1_800_000_000, minimumClaw: "0.1.0")
  }
  func whole() throws {
    var envelope = bundle().envelope
    try envelope.sign(key)
    let verification = BundleVerification(keys: keys, now: 1_800_000_001, claw: "0.1.0")
    _ = try verification.verify(envelope.json) { bundle in
      .init(policy: Digest.sha256Hex(bundle.policy), semantic: bundle.semanticHash, isExact: true)
    }
  }
  let message = bundle().envelope.signedBytes
  let signature = try key.sign(message)
  let rounds = 2_000
  var differences: [Double] = []
  var (totals, crypto): ([Double], [Double]) = ([], [])
  for _ in 0..<11 {
    let all = try median(1) { for _ in 0..<rounds { try whole() } }
    let bare = try median(1) {
      for _ in 0..<rounds {
        _ = try key.sign(message)
        _ = key.publicKey.verifies(signature, message)
      }
    }
    totals.append(all / Double(rounds) * 1e6)
    crypto.append(bare / Double(rounds) * 1e6)
    differences.append((all - bare) / Double(rounds) * 1e6)
  }
  print("bundle built, signed and verified, ruleset of \(ruleset.count) bytes, µs of CPU time")
  print("  whole                            \(rounded(totals.sorted()[5], 1))")
  print("  the two Ed25519 operations       \(rounded(crypto.sorted()[5], 1))")
  print("  beyond them                      \(rounded(differences.sorted()[5], 1))   (40)")

  let limit = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 0 : 10_000_000
  let start = cpu()
  let found = PublishedNumbers.found(upTo: limit) { value in
    var bytes: [UInt8] = []
    CanonicalNumber.append(value, to: &bytes)
    return bytes
  }
  print("number texts, \(limit) doubles in \(rounded(cpu() - start, 1)) s")
  var isRight = true
  for (found, published) in zip(found, PublishedNumbers.digests) {
    let same = found.lines == published.lines && found.sha256 == published.sha256
    isRight = isRight && same
    print("  first \(published.lines) lines: \(same ? "as published" : "DIFFERENT")")
  }
  exit(isRight ? 0 : 1)
} catch {
  print("\(error)")
  exit(1)
}
