import Source

/// Moves the relative paths of a file that lies in another folder, so that they count from the main file's folder.
enum ComposePaths {
  /// Moves all paths of a whole file.
  static func rebase(_ root: inout ComposeValue, into folder: String) {
    guard !folder.isEmpty, folder != "." else { return }
    root.change("services") { services in services.changeAll { service(&$0, folder) } }
    for section in ["secrets", "configs"] {
      root.change(section) { resources in resources.changeAll { $0.change("file") { path(&$0, folder) } } }
    }
    root.change("volumes") { volumes in
      volumes.changeAll { volume in
        guard volume["driver"]?.string == "local", volume["driver_opts"]?["o"]?.scalarText == "bind" else { return }
        volume.change("driver_opts") { $0.change("device") { path(&$0, folder) } }
      }
    }
  }

  /// Moves the paths of a service.
  static func service(_ service: inout ComposeValue, _ folder: String) {
    guard !folder.isEmpty, folder != "." else { return }
    service.change("build") { build in
      if build.string != nil {
        context(&build, folder)
        return
      }
      if build.entries != nil, build.entry("context") == nil, case .mapping(let entries) = build.content {
        build.content = .mapping(
          entries + [ComposeEntry("context", at: build.location, ComposeValue(.string(folder), at: build.location))])
      } else {
        build.change("context") { context(&$0, folder) }
      }
      build.change("additional_contexts") { $0.changeAll { context(&$0, folder) } }
    }
    service.change("env_file") { files in
      path(&files, folder)
      files.changeAll { file in
        path(&file, folder)
        file.change("path") { path(&$0, folder) }
      }
    }
    service.change("label_file") { files in
      path(&files, folder)
      files.changeAll { path(&$0, folder) }
    }
    service.change("extends") { $0.change("file") { path(&$0, folder) } }
    service.change("credential_spec") { $0.change("file") { path(&$0, folder) } }
    service.change("develop") { develop in
      develop.change("watch") { $0.changeAll { $0.change("path") { path(&$0, folder) } } }
    }
    service.change("volumes") { volumes in
      volumes.changeAll { mount in
        guard mount["type"]?.string == "bind" else { return }
        mount.change("source") { path(&$0, folder) }
      }
    }
  }

  /// Moves the paths of a service that is extended; its own `extends` stays as it is, because it is followed from there.
  static func extended(_ value: inout ComposeValue, _ folder: String) {
    let extends = value.entry("extends")
    service(&value, folder)
    if let extends { value.change("extends") { $0 = extends.value } }
  }

  private static func path(_ value: inout ComposeValue, _ folder: String) {
    guard let text = value.string, !text.isEmpty, !FilePath.isAbsolute(text), text.utf8.first != UInt8(ascii: "~")
    else {
      return
    }
    value.content = .string(FilePath.normalize(FilePath.join(folder, text)))
  }

  /// A build context: a folder, unless it is a URL, a Git reference or another image or service.
  private static func context(_ value: inout ComposeValue, _ folder: String) {
    guard let text = value.string, !isRemote(text) else { return }
    path(&value, folder)
  }

  private static func isRemote(_ text: String) -> Bool {
    ["service:", "git@", "github.com/"].contains { text.utf8.starts(with: $0.utf8) }
      || text.utf8.firstRange(of: "://".utf8) != nil
  }
}

extension ComposeValue {
  /// Changes the value of a key, if it is there.
  mutating func change(_ key: String, _ body: (inout ComposeValue) -> Void) {
    guard case .mapping(var entries) = content, let index = entries.index(of: key) else { return }
    content = .null
    body(&entries[index].value)
    content = .mapping(entries)
  }

  /// Changes all values of a mapping, or all elements of a list.
  mutating func changeAll(_ body: (inout ComposeValue) -> Void) {
    switch content {
    case .mapping(var entries):
      content = .null
      for index in entries.indices { body(&entries[index].value) }
      content = .mapping(entries)
    case .sequence(var elements):
      content = .null
      for index in elements.indices { body(&elements[index]) }
      content = .sequence(elements)
    default: return
    }
  }

  /// Removes what `!reset` and `!override` mark: the values at these paths.
  mutating func remove(_ resets: [ComposeReset]) {
    for reset in resets { remove(at: reset.path[...]) }
  }

  private mutating func remove(at path: ArraySlice<ComposeStep>) {
    guard let key = path.first?.key, case .mapping(var entries) = content, let index = entries.index(of: key) else {
      return
    }
    content = .null
    if path.count == 1 {
      entries.remove(at: index)
    } else {
      entries[index].value.remove(at: path.dropFirst())
    }
    content = .mapping(entries)
  }
}
