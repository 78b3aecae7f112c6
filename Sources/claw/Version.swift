/// The version of this claw.
enum Version {
  static let text = "0.1.0"
}
