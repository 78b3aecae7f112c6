import ArgumentParser
import CllamaDash
import Dispatch
import Glibc
import Source

/// `cllama dash`, which `claw dash` becomes.
struct Dash: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serves the page of a pod on the loopback interface.", shouldDisplay: false)

  @Option(help: "claw, which is asked for what the page shows.") var claw: String
  @Option(help: "The pod file.") var file: String
  @Option(help: "The port; 0 for any that is free.") var port = 0
  @Flag(help: "Open the page in the browser.") var open = false

  func run() throws {
    let asker = Asker(claw: claw, file: file)
    let server: DashServer
    do throws(DashServer.Failure) { server = try DashServer(port: port, asker: asker) } catch {
      Output.say("claw: \(error.message)")
      throw ExitCode(1)
    }
    // The link alone on the standard output, for programs; whoever has it sees the pod.
    Output.write(server.link + "\n")
    Output.say("the page is served until Ctrl-C; the link is for you alone")
    if open, let complaint = Browser.open(server.link) { Output.say("claw: \(complaint)") }
    let signal = asker.run()
    server.stop()
    if let signal { throw ExitCode(128 + signal) }
  }
}

/// The browser of this desktop.
enum Browser {
  /// Opens a link; says why it could not.
  ///
  /// The arguments of a process are seen by everybody on the machine, so that the link goes into a file of ours, which the
  /// browser is sent to.
  static func open(_ link: String) -> String? {
    let base = getenv("XDG_RUNTIME_DIR").map { String(cString: $0) } ?? "/tmp"
    let folder = FilePath.join(base, "claw-dash-XXXXXX")
    var template = Array(folder.utf8CString)
    guard let made = mkdtemp(&template).map({ String(cString: $0) }) else {
      return "'\(folder)' can't be made: \(String(cString: strerror(errno)))"
    }
    let page = FilePath.join(made, "open.html")
    let descriptor = Glibc.open(page, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    let text = Array(
      "<!doctype html><meta http-equiv=\"refresh\" content=\"0; url=\(link)\"><title>claw dash</title>".utf8)
    guard descriptor >= 0, write(descriptor, text, text.count) == text.count else {
      return "'\(page)' can't be written: \(String(cString: strerror(errno)))"
    }
    close(descriptor)
    DispatchQueue.global().asyncAfter(deadline: .now() + 30) {
      unlink(page)
      rmdir(made)
    }
    // It may be the browser itself, and stay: nobody waits for it.
    var process: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("xdg-open"), strdup(page), nil]
    defer { for argument in arguments { free(argument) } }
    let status = posix_spawnp(&process, "xdg-open", nil, nil, &arguments, environ)
    return status == 0
      ? nil
      : "xdg-open, which would know the browser, can't be run: \(String(cString: strerror(status))); open the link yourself"
  }
}
