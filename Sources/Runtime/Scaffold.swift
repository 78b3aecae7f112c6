import Driver
package import IR
import Source

/// The files of a small project that works as it is.
package struct Scaffold {
  /// A file of it.
  package struct File: Sendable {
    /// The path below the project's folder.
    package var path: String
    /// The text.
    package var text: String
  }

  /// The pod's name, and its claw's.
  package var name: String
  /// What runs in it.
  package var type: RunnerType

  /// A project of a name, made fit for what pods may be called.
  package init(name: String, type: RunnerType) {
    let fit = name.lowercased().utf8.map { byte in
      (byte >= 0x61 && byte <= 0x7A) || byte.isASCIIDigit ? byte : UInt8(ascii: "-")
    }
    let trimmed = String(decoding: fit, as: UTF8.self).split(separator: "-").joined(separator: "-").prefix(40)
    self.name = trimmed.first?.isLetter == true ? String(trimmed) : "my-pod"
    self.type = type
  }

  /// All files, in the order in which they are worth reading.
  package var files: [File] {
    [
      File(path: "Clawfile", text: clawfile), File(path: type.contractName, text: contract),
      File(path: "claw-pod.yml", text: pod), File(path: "runner", text: runner),
      File(path: ".env.example", text: environment),
    ]
  }

  /// The lines that `.gitignore` has to have.
  package static let ignored = [".env", ".claw/", GeneratedName.compose, "Dockerfile*.generated*"]

  private var clawfile: String {
    let socket =
      type.needsDockerSocket ? "\n# This runner starts containers itself.\nPRIVILEGE docker-socket true\n" : ""
    return """
      # A Dockerfile with a few more instructions; 'claw build' makes the image.
      FROM debian:bookworm-slim

      # What runs inside, and the contract that it works under.
      CLAW_TYPE \(type.name)
      AGENT \(type.contractName)
      \(socket)
      # Runs at every start, before the runner.
      CONFIGURE date -u +%Y-%m-%dT%H:%M:%SZ >\(type.workspace)/configured-at

      # Every minute the runner is woken with this message; WAKE_CMD gets it on its standard input.
      INVOKE * * * * * Say hello.
      ENV WAKE_CMD="cat >\(type.workspace)/message.new && mv \(type.workspace)/message.new \(type.workspace)/message"

      # The runner: put your own in its place.
      COPY --chmod=0555 runner /app/runner
      USER 1000:1000
      HEALTHCHECK --interval=5s --timeout=3s --start-period=5s CMD ["/app/runner", "--check"]
      ENTRYPOINT ["/app/runner"]

      """
  }

  private var contract: String {
    """
    # The contract of \(name)

    What the agent is for, what it may do and what not. It sees this file and can't change it.

    - You answer in one sentence.
    - You never ask for a key or a password.

    """
  }

  private var pod: String {
    """
    # A compose file with x-claw blocks; 'claw up' compiles it and brings it up.
    x-claw:
      pod: \(name)

    services:
      agent:
        build:
          context: .
          dockerfile: Clawfile
        environment:
          GREETING: ${GREETING:-hello}
        x-claw:
          agent: ./\(type.contractName)
          # No model behind it yet, so no sidecar and no way out. Name a stack to give it one.
          cllama: none

    """
  }

  private var runner: String {
    """
    #!/bin/sh
    # A stand-in for an agent: it reads its contract and says what it is woken with.
    contract=${CONTRACT_PATH:-\(type.contractPath)}
    if [ "${1:-}" = --check ]; then
      [ -r "$contract" ] && [ ! -w "$contract" ]
      exit
    fi

    trap 'exit 0' TERM INT
    echo "${GREETING:-hello}; my contract: $(head -n 1 "$contract" 2>/dev/null || echo "none at $contract")"
    while :; do
      if [ -e \(type.workspace)/message ]; then
        echo "woken: $(cat \(type.workspace)/message)"
        rm -f \(type.workspace)/message
      fi
      sleep 1 &
      wait $!
    done

    """
  }

  private var environment: String {
    """
    # Copy to .env, which git ignores. Values that the pod file names as ${…} come from there.
    # Put values that hold a $ in single quotes.
    GREETING=hello

    """
  }
}
