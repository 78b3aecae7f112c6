/// Inputs of a wanted size, the same in every run.
enum Inputs {
  /// A Clawfile of about so many lines: stages, heredocs, continuations and comments in the proportions of real ones.
  static func clawfile(lines: Int) -> String {
    var text = """
      # syntax=docker/dockerfile:1
      ARG VERSION=1.2.3
      FROM debian:bookworm-slim AS base
      CLAW_TYPE generic
      MODEL primary anthropic/claude-sonnet-4
      ENV PATH_EXTRA=/opt/bin LANG=C.UTF-8

      """
    var count = 6
    var step = 0
    while count < lines - 2 {
      let block: String
      switch step % 6 {
      case 0:
        block =
          "# step \(step)\nRUN apt-get update \\\n  && apt-get install -y --no-install-recommends \\\n    curl ca-certificates \\\n  && rm -rf /var/lib/apt/lists/*\n"
      case 1: block = "ENV SETTING_\(step)=value-\(step) OTHER_\(step)=\"$PATH_EXTRA:/usr/bin\"\n"
      case 2: block = "COPY --chown=1000:1000 src/part-\(step).txt /app/part-\(step).txt\n"
      case 3: block = "RUN <<EOF\nset -e\nmkdir -p /data/\(step)\necho \"done $STEP\" > /data/\(step)/log\nEOF\n\n"
      case 4: block = "WORKDIR /app/\(step)\nLABEL org.example.step.\(step)=\"${LANG:-none}\"\n"
      default: block = "RUN [\"/bin/sh\", \"-c\", \"echo step \(step)\"]\n"
      }
      text += block
      count += block.utf8.count { $0 == 0x0A }
      step += 1
    }
    return text + "USER 1000:1000\nCMD [\"/app/run\", \"--serve\"]\n"
  }

  /// What every claw of a pod is built from and told.
  static let clawFiles = [
    (
      "Clawfile",
      """
      FROM debian:bookworm-slim
      CLAW_TYPE generic
      AGENT AGENTS.md
      MODEL primary anthropic/claude-sonnet-4
      USER 1000:1000
      ENTRYPOINT ["/app/agent"]

      """
    ),
    ("AGENTS.md", String(repeating: "# Rules\n\nBe brief, and ask before you delete.\n", count: 5)),
  ]

  /// A pod of so many claws, 12 lines each, that talk to one plain service.
  static func pod(claws: Int) -> String {
    var text = "services:\n"
    for number in 0..<claws {
      text += """
          claw-\(number):
            build: .
            environment:
              LOG_LEVEL: info
              SERVICE_NAME: claw-\(number)
            labels:
              org.example.team: team-\(number % 7)
            x-claw:
              agent: AGENTS.md
              cllama: none
              surfaces: [service://front]

        """
    }
    return text + "  front:\n    image: example/front:1.0\nx-claw:\n  pod: fleet\n"
  }

  /// A pod of so many plain services, 31 lines each.
  static func pod(services: Int) -> String {
    var text = "services:\n"
    for number in 0..<services {
      text += """
          service-\(number):
            image: example/service-\(number):1.\(number)
            command: ["serve", "--port", "80\(number % 90 + 10)"]
            restart: unless-stopped
            environment:
              LOG_LEVEL: info
              SERVICE_NAME: service-\(number)
              DATABASE_URL: postgres://db/service_\(number)
              FEATURE_FLAGS: "a,b,c"
            ports:
              - "127.0.0.1:\(10_000 + number):80"
            volumes:
              - data-\(number):/var/lib/data
              - type: tmpfs
                target: /tmp
            networks:
              - back
            labels:
              org.example.team: team-\(number % 7)
              org.example.tier: "\(number % 3)"
            healthcheck:
              test: ["CMD", "true"]
              interval: 30s
              timeout: 5s
              retries: 3
            deploy:
              resources:
                limits:
                  cpus: "0.5"
                  memory: 128M
            cap_drop: [ALL]
            read_only: true

        """
    }
    text += "networks:\n  back: {}\nvolumes:\n"
    for number in 0..<services { text += "  data-\(number): {}\n" }
    return text
  }
}
