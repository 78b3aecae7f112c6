import Canonical
import JSON
import Source

/// A page about a run: one HTML file that needs no script, no server and nothing from elsewhere.
package struct RunPage {
  private let report: RunReport
  private var html = HTMLText()

  /// The page's bytes.
  package static func bytes(_ report: RunReport) -> [UInt8] {
    var page = RunPage(report)
    page.write()
    return page.html.bytes
  }

  private init(_ report: RunReport) { self.report = report }

  private mutating func write() {
    html.markup(RunPageStyle.head)
    html.element("title", "Run \(report.run.runId)")
    html.markup(RunPageStyle.style)
    html.markup("</head>\n<body>\n<main>\n")
    head()
    verdicts()
    timeline()
    artifacts()
    chain()
    proofs()
    html.markup("</main>\n</body>\n</html>\n")
  }

  private mutating func head() {
    html.markup("<header>\n")
    html.element("p", "kind", "Run")
    html.element("h1", report.run.runId)
    html.markup("<ul class=\"facts\">")
    fact("state", report.run.phase.rawValue)
    fact("events", String(report.run.eventCount))
    fact("began", Self.time(report.run.started))
    fact("last event", Self.time(report.run.last))
    for entry in report.metadata { fact(entry.name, entry.value) }
    fact("ledger", report.origin)
    html.markup("</ul>\n</header>\n")
  }

  private mutating func fact(_ name: String, _ value: String) {
    html.markup("<li>")
    html.element("span", "name", name)
    html.markup(" ")
    html.element("span", "value", value)
    html.markup("</li>")
  }

  private mutating func verdicts() {
    html.markup("<section>\n<h2>Verdicts</h2>\n<ul class=\"verdicts\">\n")
    for verdict in report.verdicts {
      html.open("li", verdict.isRight ? "right" : "wrong")
      html.element("b", verdict.isRight ? "✓ " + verdict.name : "! " + verdict.name)
      html.markup(" ")
      html.element("span", verdict.text)
      html.markup("</li>\n")
    }
    html.markup("</ul>\n</section>\n")
  }

  // MARK: Events

  private mutating func timeline() {
    html.markup("<section>\n<h2>Timeline</h2>\n<ol class=\"timeline\">\n")
    var steps: [String: String] = [:]
    for (number, event) in report.events.enumerated() {
      if number == RunReport.sideLimit, report.omitted > 0 {
        html.markup("<li class=\"gap\">")
        html.element("p", "none", "\(report.omitted) events are left out here; 'claw ledger show RUN --json' has them")
        html.markup("</li>\n")
      }
      html.open("li", Self.kind(event.entry.type))
      html.markup("<div class=\"line\">")
      html.element("span", "seq", String(event.entry.seq))
      html.element("b", event.entry.type)
      html.element("span", "who", Self.actor(event.actor))
      html.element("time", Self.time(event.entry.ts))
      html.markup("</div>")
      if let payload = event.payload {
        let value = (try? JSONParser.parse(payload[...], strict: true)) ?? .null
        var summary = Self.summary(value)
        if let step = value["stepId"]?.string {
          // What follows about a step says of which one.
          if event.entry.type == "StepStarted" {
            steps[step] = value["name"]?.string
          } else if let name = steps[step] {
            summary = Self.shortened(name) + (summary.isEmpty ? "" : " · " + summary)
          }
        }
        if !summary.isEmpty { html.element("p", "summary", summary) }
        if value.members?.isEmpty == false {
          html.markup("<details><summary>payload</summary>")
          html.element("pre", value.text(indented: true))
          html.markup("</details>")
        }
      } else {
        html.element("p", "summary", "actor and payload were pruned")
      }
      html.markup("</li>\n")
    }
    html.markup("</ol>\n</section>\n")
  }

  private static func kind(_ type: String) -> StaticString {
    switch type {
    case "RunFailed", "StepFailed", "ApprovalDenied": "bad"
    case "RunCompleted", "StepCompleted", "ApprovalGranted", "DecisionLockApproved": "good"
    default: ""
    }
  }

  /// `2026-01-02 03:04:05.006 UTC`
  private static func time(_ text: String) -> String {
    AuditTime.milliseconds(text) == nil ? text : text.replacing("T", with: " ").replacing("Z", with: " UTC")
  }

  private static func actor(_ bytes: [UInt8]?) -> String {
    guard let bytes, let value = try? JSONParser.parse(bytes[...], strict: true) else { return "" }
    return "\(value["actorId"]?.string ?? "") (\(value["actorType"]?.string ?? ""))"
  }

  /// The texts and numbers of a payload in one line.
  private static func summary(_ value: JSONValue) -> String {
    let parts = (value.members ?? []).compactMap { member -> String? in
      switch member.value {
      case .string(let text): EventText.isDigest(text) || EventText.isUUID4(text) ? nil : shortened(text)
      default: nil
      }
    }
    return shortened(parts.joined(separator: " · "))
  }

  private static func shortened(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return scalars.count > 160 ? String(String.UnicodeScalarView(scalars.prefix(157))) + "…" : text
  }

  // MARK: Artifacts

  private mutating func artifacts() {
    html.markup("<section>\n<h2>Artifacts</h2>\n")
    if report.artifacts.isEmpty { html.markup("<p class=\"none\">The run recorded no artifacts.</p>\n") }
    for found in report.artifacts {
      html.markup("<article>")
      html.element("h3", found.artifact.label)
      html.element("p", "meta", "\(found.artifact.mime), \(Self.size(found.artifact.size))")
      html.element("p", "hash", found.artifact.sha256)
      if let complaint = found.complaint {
        html.element("p", "wrong", complaint)
      } else {
        html.markup("<p class=\"right\">its bytes are those that were recorded</p>")
      }
      if let text = found.text {
        html.markup("<details><summary>content</summary>")
        html.element("pre", text)
        html.markup("</details>")
      }
      html.markup("</article>\n")
    }
    html.markup("</section>\n")
  }

  private static func size(_ count: Int) -> String {
    if count < 10_240 { return "\(count) bytes" }
    return count < 10_485_760 ? "\(count / 1024) KiB" : "\(count / 1_048_576) MiB"
  }

  // MARK: Hashes and proofs

  private mutating func chain() {
    html.markup(
      "<section>\n<h2>Chain</h2>\n<p class=\"note\">Each event has the hash of the one before it. A record is where ")
    html.markup(
      "the event is in the ledger, which is the number of its leaf in the tree.</p>\n<div class=\"scroll\"><table>\n")
    html.markup("<thead><tr><th>event</th><th>record</th><th>hash</th><th>previous</th></tr></thead>\n<tbody>\n")
    for event in report.events {
      html.markup("<tr>")
      html.element("td", "number", String(event.entry.seq))
      html.element("td", "number", String(event.index))
      html.element("td", "hash", event.entry.hash.hex)
      html.element("td", "hash", event.entry.prevHash?.hex ?? "none")
      html.markup("</tr>\n")
    }
    html.markup("</tbody>\n</table></div>\n</section>\n")
  }

  private mutating func proofs() {
    html.markup("<section>\n<h2>Proofs</h2>\n")
    defer { html.markup("</section>\n") }
    guard let checkpoint = report.checkpoint else {
      return html.markup("<p class=\"none\">The ledger was not sealed since the run's last event.</p>\n")
    }
    html.markup(
      "<p class=\"note\">The checkpoint commits to all records of the ledger when it was signed. From each event's ")
    html.markup("leaf, the hashes below lead to its root (RFC 9162).</p>\n")
    html.markup("<ul class=\"facts digest\">")
    fact("records", String(checkpoint.checkpoint.size))
    fact("root", checkpoint.checkpoint.root.hex)
    html.markup("</ul>\n")
    html.element("pre", String(decoding: checkpoint.note, as: UTF8.self))
    for event in report.events {
      guard let path = event.path else { continue }
      html.markup("<details>")
      html.element("summary", "event \(event.entry.seq), record \(event.index)")
      let lines = ["leaf  \(event.entry.leaf.hex)"] + path.map { "      \($0.hex)" }
      html.element("pre", lines.joined(separator: "\n"))
      html.markup("</details>\n")
    }
  }
}
