extension Guard {
  /// The channels beside the picture of a remote desktop.
  package static let remoteDesktopSideChannel = Guard(
    "remote_desktop_side_channel", "Refuses side channels of a remote desktop", since: "1.2.0", actions: [.custom],
    isAlwaysOn: false,
    fields: remoteChannels.map {
      GuardField("\($0)_enabled", .bool, default: .bool(true), "Whether the channel may be used")
    } + [
      GuardField(
        "max_transfer_size_bytes", .integer(0...Int.max), "Most bytes of a transfer; a transfer must then say its size")
    ],
    example: """
      remote_desktop_side_channel:
        clipboard_enabled: false
        max_transfer_size_bytes: 1048576
      """)

  /// The channels by name.
  package static let remoteChannels = [
    "clipboard", "file_transfer", "session_share", "audio", "drive_mapping", "printing",
  ]
}
