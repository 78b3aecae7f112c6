import Glibc
import JSON
package import Source

/// Looks at what this machine can do for claw, and says what to mend. It changes nothing but a probe that it removes.
package struct Doctor {
  private let environment: Environment
  private var checks: [DoctorCheck] = []

  /// Runs every check.
  ///
  /// - Parameter docker: the docker command that the user chose.
  /// - Parameter folder: the folder that pods are compiled in; "" for the current one.
  /// - Parameter stale: generated files that are not what a compile would write now.
  package static func run(
    docker: String?, environment: Environment, folder: String, stale: [String]
  ) -> [DoctorCheck] {
    var doctor = Doctor(environment: environment)
    doctor.environmentChecks()
    do throws(EngineFailure) {
      let tool = try DockerTool.find(docker, environment: environment)
      doctor.client(tool)
      if doctor.engine(tool) {
        doctor.buildx(tool)
        doctor.space(tool)
        doctor.networks(tool)
      }
      doctor.compose(tool)
    } catch {
      doctor.checks.insert(
        .failed("docker", error.message, fix: "install docker-cli, or name the command with --docker PATH"), at: 0)
    }
    doctor.folder(folder)
    doctor.staleness(stale)
    return doctor.checks
  }

  private init(environment: Environment) { self.environment = environment }

  private mutating func environmentChecks() {
    for name in ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CLI_PLUGIN_EXTRA_DIRS", "COMPOSE_FILE"] {
      if let value = environment[name], !value.isEmpty {
        checks.append(
          .warning("environment", "\(name) is set: \(value)", fix: "unset it if you did not mean to steer docker"))
      }
    }
    if environment["DOCKER_BUILDKIT"] == "0" {
      checks.append(.failed("environment", "DOCKER_BUILDKIT=0 turns BuildKit off", fix: "unset DOCKER_BUILDKIT"))
    }
  }

  private mutating func client(_ tool: DockerTool) {
    do throws(EngineFailure) {
      let version = try tool.output(["version", "--format", "{{.Client.Version}}"], timeout: .seconds(10)).trimmed
      checks.insert(.ok("docker", "\(tool.path), client \(version)"), at: 0)
    } catch {
      // The client's own version comes even where no engine answers, but with a failure.
      checks.insert(.ok("docker", tool.path), at: 0)
    }
  }

  private mutating func engine(_ tool: DockerTool) -> Bool {
    let install = "start one: 'scripts/engine' of claw's repository does on Debian, or install Docker 23 or newer"
    do throws(EngineFailure) {
      let version = try tool.output(["version", "--format", "{{.Server.Version}}"], timeout: .seconds(10)).trimmed
      if let number = DottedVersion(version), let least = DottedVersion("23"), number < least {
        checks.append(.failed("engine", "Docker \(version) answers, which is older than 23", fix: "update the engine"))
      } else {
        checks.append(.ok("engine", "Docker \(version) answers"))
      }
      return true
    } catch {
      let isDenied = error.message.contains("permission denied")
      checks.append(
        .failed(
          "engine", error.message, fix: isDenied ? "add this user to the group 'docker' and log in anew" : install))
      return false
    }
  }

  private mutating func buildx(_ tool: DockerTool) {
    let fix = "install the buildx plugin (Debian: docker-buildx)"
    do throws(EngineFailure) {
      let text = try tool.output(["buildx", "version"], timeout: .seconds(10)).trimmed
      let version = text.split(separator: " ").map(String.init).first { DottedVersion($0) != nil } ?? text
      checks.append(.ok("buildx", version))
      let inspected = try tool.output(["buildx", "inspect"], timeout: .seconds(15))
      let kit = inspected.split(separator: "\n").first { $0.lowercased().contains("buildkit") }
      checks.append(.ok("buildkit", kit.map { String($0).trimmed } ?? "part of the engine"))
    } catch {
      checks.append(.failed("buildx", error.message, fix: fix))
    }
  }

  private mutating func compose(_ tool: DockerTool) {
    let fix = "install the compose plugin, 2.24 or newer (Debian: docker-compose)"
    do throws(EngineFailure) {
      let version = try tool.output(["compose", "version", "--short"], timeout: .seconds(10)).trimmed
      guard let number = DottedVersion(version), let least = DottedVersion("2.24"), number >= least else {
        checks.append(.failed("compose", "version \(version) is older than 2.24", fix: fix))
        return
      }
      checks.append(.ok("compose", version))
    } catch {
      checks.append(.failed("compose", error.message, fix: fix))
    }
  }

  private mutating func space(_ tool: DockerTool) {
    guard let root = try? tool.output(["info", "--format", "{{.DockerRootDir}}"], timeout: .seconds(10)).trimmed else {
      return
    }
    var status = statvfs()
    guard statvfs(root, &status) == 0 else {
      checks.append(.ok("disk", "\(root) is not on this machine, or not ours to see"))
      return
    }
    let free = (Int(status.f_bavail) * Int(status.f_frsize)) >> 30
    if free < 5 {
      checks.append(
        .failed("disk", "\(free) GB free in \(root)", fix: "make room: 'docker system df' says what takes it"))
    } else {
      checks.append(.ok("disk", "\(free) GB free in \(root)"))
    }
  }

  private mutating func networks(_ tool: DockerTool) {
    let drivers = try? tool.output(["info", "--format", "{{json .Plugins.Network}}"], timeout: .seconds(10))
    if let drivers, !drivers.contains("\"bridge\"") {
      checks.append(
        .failed("networks", "the engine has no bridge networks, which keep claws apart", fix: "use a local engine"))
    } else {
      checks.append(.ok("networks", "bridge networks, which can be internal"))
    }
  }

  private mutating func folder(_ folder: String) {
    let path = folder.isEmpty ? "." : folder
    if access(path, W_OK | X_OK) == 0 {
      checks.append(.ok("folder", "'\(path)' can be written"))
    } else {
      checks.append(
        .failed("folder", "'\(path)' can't be written", fix: "generated files lie beside yours: allow it, or move them")
      )
    }
  }

  private mutating func staleness(_ stale: [String]) {
    if stale.isEmpty {
      checks.append(.ok("generated files", "none is stale"))
    } else {
      let names = stale.map { "'\($0)'" }.joined(separator: ", ")
      checks.append(.warning("generated files", "stale: \(names)", fix: "run 'claw compile'"))
    }
  }
}
