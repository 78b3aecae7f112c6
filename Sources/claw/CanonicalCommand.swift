import ArgumentParser
import Canonical
import JSON
import Runtime
import Source

/// `claw canonical`
struct CanonicalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canonical",
    abstract: "Prints JSON in its canonical form (RFC 8785), or says why it has none.",
    discussion: """
      Names that repeat, halves of surrogate pairs, invalid UTF-8, a byte order mark and whole numbers that a double can't \
      hold have no canonical form. Texts stay as they are; one that is not in Unicode's normalization form C is warned of, \
      because another spelling of it has another digest. No line end follows, so that a digest of the output is that of the \
      document.

      EXAMPLES
        claw canonical bundle.json | sha256sum
        curl -s https://example.com/data.json | claw canonical -
      """)

  /// Whose form is written.
  enum Profile: String, ExpressibleByArgument, CaseIterable {
    case strict, clawforge
  }

  @Argument(help: "A JSON file; '-' for standard input.", completion: .file()) var path: String = "-"
  @Option(
    help: ArgumentHelp("Whose form: clawforge is for checking the hashes of its old chains.", valueName: "profile"))
  var profile: Profile = .strict

  func run() throws {
    let file = try Self.read(path)
    if profile == .clawforge { return try clawforge(file) }
    do throws(JSONFailure) {
      Console.write(try CanonicalText.canonical(file.bytes, limit: Inputs.limit))
      warn(file)
    } catch {
      let place = file.position(at: error.offset)
      Console.say("claw: \(file.path):\(place.line):\(place.column): \(error.message)")
      throw Status.invalid
    }
  }

  /// Tells of texts that another program may have spelled with other bytes. They are written as they are.
  private func warn(_ file: SourceFile) {
    let places = CanonicalText.uncomposed(file.bytes)
    for offset in places.prefix(Self.warningLimit) {
      let place = file.position(at: offset)
      Console.say(
        "claw: \(file.path):\(place.line):\(place.column): warning: the text is not in Unicode's normalization form C")
    }
    if places.count > Self.warningLimit { Console.say("claw: and \(places.count - Self.warningLimit) more like it") }
  }

  /// Most texts that are told one by one.
  private static let warningLimit = 20

  private func clawforge(_ file: SourceFile) throws {
    do throws(ForgeFailure) {
      let text = try ForgeJSON.canonical(file.bytes)
      for loss in ForgeJSON.Loss.allCases where text.losses.contains(loss) {
        Console.say("claw: the form leaves out \(loss.rawValue)")
      }
      Console.write(text.bytes)
    } catch {
      let place = file.position(at: error.offset)
      Console.say("claw: \(file.path):\(place.line):\(place.column): \(error.message)")
      throw Status.invalid
    }
  }

  /// A file, or standard input.
  static func read(_ path: String) throws -> SourceFile {
    if path == "-" {
      do throws(FileFailure) {
        return SourceFile(path: "<stdin>", bytes: try DiskFiles.readAll(0, sizeHint: 0, limit: Inputs.limit))
      } catch {
        Console.say("claw: standard input \(error.reason)")
        throw Status.invalid
      }
    }
    var status = Status.done
    guard let file = Inputs.read(path, &status) else { throw status }
    return file
  }
}
