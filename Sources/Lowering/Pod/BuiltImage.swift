package import IR
package import Source

/// What a pod needs to know of the image of a claw, wherever that comes from.
package struct BuiltImage: Sendable {
  /// Its directives.
  package var config: ImageConfig
  /// What it runs, without claw's wrapper.
  package var command: StageCommand
  /// Whether claw's wrapper is its entrypoint.
  package var hasWrapper: Bool
  /// Whether claw's scheduler is in it.
  package var hasScheduler: Bool
  /// Whether it brings a health check.
  package var hasHealthcheck: Bool
  /// The file that it is built from; nil for an image that was built elsewhere.
  package var source: SourceFile?
  /// The path of the generated Dockerfile; nil where the source is used as it is.
  package var generated: String?
  /// Whether nothing is known of it, which was reported.
  package var isUnknown = false
  /// What its file calls its stages, and what they are built on.
  package var sources: [String] = []

  /// Joins the parts.
  package init(
    config: ImageConfig, command: StageCommand, hasWrapper: Bool, hasScheduler: Bool, hasHealthcheck: Bool,
    source: SourceFile?, generated: String?
  ) {
    self.config = config
    self.command = command
    self.hasWrapper = hasWrapper
    self.hasScheduler = hasScheduler
    self.hasHealthcheck = hasHealthcheck
    self.source = source
    self.generated = generated
  }

  /// The image that facts of a lock file describe.
  package init(facts: ImageFacts) {
    let config = LabelReader.config(of: facts.labels)
    let isWrapped = facts.entrypoint?.first == StageBlock.wrapperPath
    let entrypoint = isWrapped ? facts.entrypoint.map { Array($0.dropFirst()) } : facts.entrypoint
    self.init(
      config: config,
      command: StageCommand(
        entrypoint: entrypoint?.isEmpty == true ? nil : entrypoint, command: facts.command, user: facts.user),
      hasWrapper: isWrapped, hasScheduler: isWrapped && !config.invoke.isEmpty, hasHealthcheck: false, source: nil,
      generated: nil)
  }
}

/// Where images come from: the Clawfiles that the pod builds, and claw.lock.
package protocol ImageProvider {
  /// The image that a service builds.
  ///
  /// - Parameter context: the build context, as seen from where the command runs.
  /// - Parameter dockerfile: the file that `build` names, as seen from the context; nil if it names none.
  /// - Parameter arguments: the build arguments that it is built with.
  /// - Returns: nil if the file can't be read or has errors, which were reported.
  mutating func built(
    context: String, dockerfile: String?, target: String?, arguments: [String: String], at location: Location
  ) -> BuiltImage?

  /// claw's wrapper and scheduler, for images that lack what their pod's schedule needs.
  var scripts: (entrypoint: [UInt8], scheduler: [UInt8]) { get }

  /// The facts of an image that is not built here.
  func locked(_ reference: String) -> ImageFacts?
}
