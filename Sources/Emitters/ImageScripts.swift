/// The scripts that claw puts into images, or mounts where an image lacks them.
package enum ImageScripts {
  /// The wrapper: CONFIGURE, then the scheduler, then the runner.
  package static var entrypoint: [UInt8] { PackageResources.entrypoint_sh }
  /// The clock of INVOKE.
  package static var scheduler: [UInt8] { PackageResources.scheduler_sh }
  /// A command that TRACK logs.
  package static var track: [UInt8] { PackageResources.track_sh }
}
