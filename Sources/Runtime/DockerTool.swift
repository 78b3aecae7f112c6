import Glibc
import IR
package import JSON
package import Processes
package import Source

/// The `docker` command of this machine: found once, called by its absolute path, with arguments and never a shell.
package struct DockerTool: Sendable {
  /// Its absolute path.
  package let path: String
  /// Gets each call before it is made, as a line that a shell would take; nil where nobody wants to know.
  package var trace: (@Sendable (String) -> Void)?

  /// Uses the command at a path.
  package init(path: String) { self.path = path }

  /// Finds the command: the one that the user chose, else `CLAW_DOCKER`, else the first on PATH.
  package static func find(_ chosen: String?, environment: Environment) throws(EngineFailure) -> DockerTool {
    if let chosen = chosen ?? environment["CLAW_DOCKER"], !chosen.isEmpty {
      guard let real = DiskFiles.absolute(chosen), Programs.isExecutable(real) else {
        throw EngineFailure(.missing, "'\(chosen)', named as the docker command, can't be run")
      }
      return DockerTool(path: real)
    }
    if let found = Programs.find("docker", environment: environment) { return DockerTool(path: found) }
    throw EngineFailure(
      .missing, "there is no 'docker' command on PATH: install Docker 23 or newer with its buildx and compose plugins")
  }

  /// A call of docker.
  package func call(_ arguments: [String]) -> ChildProcess { ChildProcess(path, arguments) }

  /// A call of docker compose for one project.
  package func compose(_ project: PodProject, _ arguments: [String], progress: String? = nil) -> ChildProcess {
    var words = ["compose"]
    if let progress { words += ["--progress", progress] }
    if let folder = project.pipedFor {
      words += ["-f", "-", "--project-directory", folder]
    } else {
      // A name that starts with a dash would be taken for an option, or for standard input.
      words += ["-f", project.file.starts(withBytes: "-") ? "./" + project.file : project.file]
    }
    for profile in project.profiles { words += ["--profile", profile] }
    var child = call(words + ["-p", project.name] + arguments)
    // Compose wants a value for it whatever it is to do.
    child.environment[SidecarFiles.keysVariable] = KeyFolder(pod: project.name).path
    return child
  }

  /// What a call prints; it throws with what docker said if that fails.
  package func output(
    _ child: ChildProcess, input: [UInt8]? = nil, timeout: Duration? = .seconds(60)
  ) throws(EngineFailure) -> String {
    let what = Self.name(of: child)
    note(child)
    let result: ChildProcess.Result
    do throws(ChildProcess.Failure) { result = try child.capture(input: input, timeout: timeout) } catch {
      throw EngineFailure(error, running: what)
    }
    guard result.status == 0 else {
      throw EngineFailure(status: result.status, complaint: result.complaint, running: what)
    }
    return result.text
  }

  /// What a call of docker prints.
  package func output(_ arguments: [String], timeout: Duration? = .seconds(60)) throws(EngineFailure) -> String {
    try output(call(arguments), timeout: timeout)
  }

  /// Lets a call talk to the user itself; it throws if that fails.
  package func passThrough(_ child: ChildProcess) throws(EngineFailure) {
    let status: Int32
    note(child)
    do throws(ChildProcess.Failure) { status = try child.passThrough() } catch {
      throw EngineFailure(error, running: Self.name(of: child))
    }
    if status != 0 { throw EngineFailure(.failed, "'\(Self.name(of: child))' failed with status \(status)") }
  }

  /// Runs a call and hands over each line that it says; returns its exit status.
  package func follow(
    _ child: ChildProcess, input: [UInt8]? = nil, _ take: @escaping @Sendable (String) -> Void
  ) throws(EngineFailure) -> Int32 {
    note(child)
    do throws(ChildProcess.Failure) { return try child.lines(input: input, take) } catch {
      throw EngineFailure(error, running: Self.name(of: child))
    }
  }

  /// What `docker inspect` says of things of one kind; things that do not exist are left out.
  package func inspect(_ kind: String, _ names: [String]) throws(EngineFailure) -> [JSONValue] {
    guard !names.isEmpty else { return [] }
    let child = call(["inspect", "--type", kind, "--"] + names)
    note(child)
    let result: ChildProcess.Result
    do throws(ChildProcess.Failure) { result = try child.capture() } catch {
      throw EngineFailure(error, running: Self.name(of: child))
    }
    let isOnlyMissing = result.complaint.split(separator: "\n").allSatisfy {
      $0.lowercased().contains("no such") || $0.lowercased().contains("not found")
    }
    guard result.status == 0 || isOnlyMissing else {
      throw EngineFailure(status: result.status, complaint: result.complaint, running: Self.name(of: child))
    }
    guard let value = try? JSONParser.parse(result.output), let list = value.array else {
      throw EngineFailure(.failed, "'\(Self.name(of: child))' wrote no JSON list")
    }
    return list
  }

  private func note(_ child: ChildProcess) {
    trace?(([child.executable] + child.arguments).map(ShellText.word).joined(separator: " "))
  }

  /// The call as people name it: the command and its verbs, without the rest.
  private static func name(of child: ChildProcess) -> String {
    var words = ["docker"]
    var skipsNext = false
    for argument in child.arguments {
      if skipsNext {
        skipsNext = false
      } else if ["-f", "-p", "--progress", "--profile", "--project-directory"].contains(argument) {
        skipsNext = true
      } else if argument.utf8.first == 0x2D || words.count == 3 {
        break
      } else {
        words.append(argument)
      }
    }
    return words.joined(separator: " ")
  }
}

/// What names a pod to docker compose.
package struct PodProject: Sendable {
  /// The generated file's path.
  package var file: String
  /// The project's name.
  package var name: String
  /// Profiles that are on.
  package var profiles: [String]
  /// The folder that the file is for, from the root on, where compose gets it on its standard input: it need not be on
  /// disk. Nil where it is.
  package var pipedFor: String?

  /// Joins the two.
  package init(file: String, name: String, profiles: [String] = []) {
    self.file = file
    self.name = name
    self.profiles = profiles
  }

  /// A project whose file compose gets on its standard input.
  package init(pipedFor folder: String, name: String) {
    self.init(file: "-", name: name)
    pipedFor = DiskFiles.realPath(folder.isEmpty ? "." : folder) ?? folder
  }
}
