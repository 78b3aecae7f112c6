extension Guard {
  /// The only paths that may be touched.
  package static let pathAllowlist = Guard(
    "path_allowlist", "Refuses to touch files outside of certain paths", since: "1.2.0",
    actions: [.fileRead, .fileWrite, .patch], merge: .nonEmptyLists, isAlwaysOn: false,
    fields: [
      GuardField("file_access_allow", .texts(.path), default: .texts([]), "What may be read"),
      GuardField("file_write_allow", .texts(.path), default: .texts([]), "What may be written"),
      GuardField("patch_allow", .texts(.path), default: .texts([]), "What may be patched; empty: what may be written"),
    ],
    example: """
      path_allowlist:
        file_access_allow: ["/workspace/**"]
        file_write_allow: ["/workspace/out/**"]
      """)
}
