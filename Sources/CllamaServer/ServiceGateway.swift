import Cllama
import IR
import JSON
import NIOCore
import NIOHTTP1

extension Exchange {
  /// A call of a service of the pod: refused without the modules that the service demands, judged where it calls a tool, and
  /// written down before it is forwarded.
  func service(_ name: String, _ path: String, _ body: ByteBuffer?) {
    guard let serving, let pipeline, let instance,
      let target = serving.configuration.services.first(where: { $0.name.utf8.elementsEqual(name.utf8) })
    else { return refuse(WireError(.notFound, "the claw has no service '\(name)'")) }
    let stages = Set(serving.configuration.stages.map(\.name))
    if let missing = target.required.first(where: { !stages.contains($0) }) {
      return refuse(WireError(.denied, "'\(name)' requires '\(missing)', which this sidecar does not have"))
    }
    if sidecar.accounts[instance.name]?.drift.level == .quarantined {
      return refuse(WireError(.denied, "the claw is under quarantine [drift.quarantine]"))
    }
    guard Self.isPlain(path) else {
      return refuse(WireError(.invalidRequest, "this is no path that is passed on"))
    }
    let bytes = body.map { Array($0.readableBytesView) } ?? []
    if target.protocolName == "mcp", !bytes.isEmpty {
      do throws(WireError) {
        if let answer = try refusal(bytes, target, pipeline) { return tell(answer) }
      } catch { return refuse(error) }
    }
    enter()
    forward(target, path, bytes)
  }

  /// A path that means the same to everybody: no climbing, nothing encoded that would be decoded on the way.
  private static func isPlain(_ path: String) -> Bool {
    let bare = path.utf8.prefix { $0 != 0x3F }
    if bare.contains(0x5C) || bare.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { return false }
    let lower = String(decoding: bare.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
    if ["%2e", "%2f", "%5c", "%00"].contains(where: { lower.contains($0) }) { return false }
    return !bare.split(separator: 0x2F, omittingEmptySubsequences: false).contains {
      $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8)
    }
  }

  /// What the stages say of the tools that a JSON-RPC message calls: the answer to a call that is denied, nil to go on.
  private func refusal(
    _ bytes: [UInt8], _ target: SidecarConfiguration.ServiceTarget, _ pipeline: Pipeline
  ) throws(WireError) -> JSONValue? {
    let value: JSONValue
    do throws(JSONFailure) { value = try JSONValue.strict(bytes) } catch {
      throw WireError(.invalidRequest, "the body is no JSON: \(error.message)")
    }
    for message in value.array ?? [value] where message["method"]?.string == "tools/call" {
      let tool = message["params"]?["name"]?.string ?? ""
      let call = ModelAnswer.Call(
        name: "mcp__\(target.name)__\(tool)", arguments: message["params"]?["arguments"] ?? .object([]))
      var why: String?
      if target.isPinned, let refusal = sidecar.pins.pins.refusal(target.name, tool) {
        notes.append(
          Intervention(
            stage: "skillmap", direction: .request, action: .deny, rule: "skillmap.pinned", reason: refusal,
            severity: .error, subject: "\(target.name)/\(tool.prefix(128))"))
        why = refusal
      } else {
        do throws(Denial) {
          if try pipeline.judge(call, &notes) == .drop { why = notes.last?.reason }
        } catch {
          notes.append(error.intervention)
          why = error.intervention.reason
        }
      }
      if let why {
        return [
          "jsonrpc": "2.0", "id": message["id"] ?? .null,
          "error": ["code": -32_001, "message": .string("denied: \(why)")],
        ]
      }
    }
    return nil
  }

  private func tell(_ answer: JSONValue) {
    var record = serviceRecord("deny")
    record.set("reason", answer["error"]?["message"]?.string)
    sidecar.log.append(unrecordedNotes() + [record]).assumeIsolated().whenComplete { [self] _ in
      // With MCP's first transport the answer is awaited in the server's stream.
      if let stream = sidecar.streams[requestHead.uri], stream.tell(answer, instance) {
        return deliver(.accepted, "text/plain", [])
      }
      deliver(.ok, "application/json", Array(answer.text().utf8))
    }
  }

  func countService(_ status: Int) {
    sidecar.metrics.count("service", status: status, milliseconds: elapsed, firstByte: nil)
  }

  func serviceRecord(_ verdict: String) -> CallRecord {
    var record = CallRecord(.service)
    identify(&record)
    if case .service(let name, let path) = route {
      record.set("service", name)
      record.set("path", String(path.prefix { $0 != "?" }.prefix(300)))
    }
    record.set("method", requestHead.method.rawValue)
    record.set("verdict", verdict)
    return record
  }

  private func forward(_ target: SidecarConfiguration.ServiceTarget, _ path: String, _ bytes: [UInt8]) {
    var headers = HTTPHeaders()
    let dropped: Set<String> = [
      "host", "connection", "keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer",
      "transfer-encoding",
      "upgrade", "authorization", "x-api-key", "content-length", "expect", "cookie", "forwarded",
    ]
    for header in requestHead.headers {
      let name = header.name.lowercased()
      // What says who calls is the sidecar's alone to say.
      if !dropped.contains(name), !name.hasPrefix("x-forwarded-"), name != "x-claw-instance" {
        headers.add(name: header.name, value: header.value)
      }
    }
    headers.add(name: "x-claw-instance", value: instance?.name ?? "")
    guard let address = sidecar.client.address(target.url), PeerAddress.isVisible(path) else {
      return refuse(WireError(.invalidRequest, "the service's address can't be used"))
    }
    let outgoing = bytes.isEmpty ? nil : ByteBuffer(bytes: bytes)
    sidecar.log.append(unrecordedNotes() + [serviceRecord("allow")]).assumeIsolated().whenComplete { [self] result in
      if isOver { return }
      if case .failure = result {
        return deliver(WireError(.unavailable, "the record can't be written, so nothing is forwarded"))
      }
      let limits = serving?.configuration.limits ?? .init()
      task = sidecar.client.send(
        requestHead.method, address, path.isEmpty ? "/" : path, headers, outgoing, to: ServiceAnswer(self, target))
      if task == nil { return deliver(WireError(.upstream, "the service can't be reached")) }
      deadline = .now() + .seconds(Int64(limits.totalSeconds))
      isWatched = true
    }
  }
}
