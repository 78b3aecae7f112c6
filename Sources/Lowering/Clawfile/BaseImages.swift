package import IR

/// Facts about images that a file is built on.
package protocol ImageFactsProvider: Sendable {
  /// The facts of an image, by the reference as written; nil if they are not known.
  func facts(of reference: String) -> ImageFacts?
}

/// The facts of Docker's plain distribution images, which have been the same for years and hold for every tag: no
/// entrypoint, no user, a shell as the command. Everything else comes from claw.lock.
package struct BaseImages: ImageFactsProvider {
  /// Makes the table.
  package init() {}

  private static let commands: [String: [String]] = [
    "debian": ["bash"], "ubuntu": ["/bin/bash"], "alpine": ["/bin/sh"], "busybox": ["sh"], "fedora": ["/bin/bash"],
    "rockylinux": ["/bin/bash"], "almalinux": ["/bin/bash"],
  ]

  /// The facts of a distribution image.
  package func facts(of reference: String) -> ImageFacts? {
    guard let image = try? ImageReference(reference), image.domain == "docker.io",
      let command = Self.commands[String(image.path.dropFirst("library/".count))], image.path.hasPrefix("library/")
    else { return nil }
    return ImageFacts(command: command)
  }
}
