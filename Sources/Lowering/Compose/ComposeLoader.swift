package import Diagnostics
import Lexer
package import Source

/// Reads a pod file and everything it leads to, checks it as compose would and gives the merged model.
package enum ComposeLoader {
  /// The project of a pod file.
  ///
  /// What is wrong is reported, all of it, each at the place in the file where it was written; the project holds what
  /// could be understood.
  ///
  /// - Parameter main: the pod file; relative paths count from its folder.
  /// - Parameter files: gives the files that it names.
  /// - Parameter environment: the variables, those of `.env` already among them.
  /// - Parameter folderName: what the pod file's folder is called, where its path does not say that.
  /// - Parameter projectName: a name from the command line; nil for that of `COMPOSE_PROJECT_NAME`, the file's `name` or
  ///   its folder.
  /// - Parameter profiles: the active profiles; nil for those of `COMPOSE_PROFILES`.
  package static func load(
    main: SourceFile, files: any FileProvider, environment: Environment = Environment(), folderName: String? = nil,
    projectName: String? = nil, profiles: [String]? = nil, into bag: inout DiagnosticBag
  ) -> ComposeProject {
    let loading = ComposeLoading(files: files)
    var environment = environment
    let given = projectName ?? environment["COMPOSE_PROJECT_NAME"]
    let name = ComposeName.resolve(given, main: main, folderName: folderName, environment, loading.report)
    environment.values["COMPOSE_PROJECT_NAME"] = name
    let context = ComposeLoading.Context(
      folder: FilePath.directory(of: main.path), environment: environment, chain: [])
    let model = loading.model([main], context)
    var project = ComposeProject(
      name: name, model: model ?? ComposeValue(.mapping([]), at: Location(main, SourceRange(at: 0))),
      files: loading.readFiles, documents: loading.documents)
    if let model {
      if model.entries?.allSatisfy({ $0.key.isSame(as: "version") }) == true {
        loading.report.add(ComposeRules.empty, at: Location(main, model.location.range), "the pod file says nothing")
      }
      let active =
        profiles
        ?? environment["COMPOSE_PROFILES"]?.split(separator: ",").map(String.init) ?? []
      project.services = services(of: model, active, loading, context)
      ComposeConsistency(project: project, report: loading.report).check()
      project.files = loading.readFiles
    } else if !loading.report.bag.hasErrors {
      loading.report.add(
        ComposeRules.empty, at: Location(main, SourceRange(at: 0)), "the pod file says nothing",
        help: "start with 'services:'")
    }
    bag.add(contentsOf: loading.report.bag)
    return project
  }

  private static func services(
    of model: ComposeValue, _ profiles: [String], _ loading: ComposeLoading, _ context: ComposeLoading.Context
  ) -> [ComposeService] {
    (model["services"]?.entries ?? []).compactMap { entry in
      guard entry.value.entries != nil else { return nil }
      var service = ComposeService(
        name: entry.key, location: entry.keyLocation, value: entry.value, isActive: true, envFileVariables: [])
      let own = service.profiles.compactMap(\.string)
      service.isActive =
        own.isEmpty || profiles.contains { active in active == "*" || own.contains { $0.isSame(as: active) } }
      // What reaches a claw is judged whatever profiles are active now.
      if service.isActive || service["x-claw"] != nil {
        service.envFileVariables = variables(of: service, loading, context)
        service.labelFileVariables = labels(of: service, loading, context)
      }
      return service
    }
  }

  /// Reads the environment files of a service.
  private static func variables(
    of service: ComposeService, _ loading: ComposeLoading, _ context: ComposeLoading.Context
  ) -> [DotEnv.Variable] {
    var variables: [DotEnv.Variable] = []
    for file in service.envFiles {
      guard let path = file["path"] ?? (file.string == nil ? nil : file), let text = path.string else { continue }
      let isRequired = service.isActive && file["required"]?.bool ?? true
      let found = loading.envFile(
        FilePath.join(context.folder, text), named: path.location, isRequired: isRequired,
        lookup: { context.environment[$0] })
      variables += found?.variables ?? []
    }
    return variables
  }

  /// Reads its label files.
  private static func labels(
    of service: ComposeService, _ loading: ComposeLoading, _ context: ComposeLoading.Context
  ) -> [DotEnv.Variable] {
    (service["label_file"]?.elements ?? []).flatMap { file -> [DotEnv.Variable] in
      guard let text = file.string else { return [] }
      let found = loading.envFile(
        FilePath.join(context.folder, text), named: file.location, isRequired: service.isActive,
        lookup: { context.environment[$0] })
      return found?.variables ?? []
    }
  }
}

/// The project's name.
package enum ComposeName {
  /// The name that was given, else the file's own, else that of its folder; made fit where compose does.
  static func resolve(
    _ given: String?, main: SourceFile, folderName: String?, _ environment: Environment, _ report: ComposeReport
  ) -> String {
    if let given, !given.isEmpty {
      if !normalized(given).isSame(as: given) {
        report.add(
          ComposeRules.projectName, at: Location(main, SourceRange(at: 0)),
          "'\(given.shown)' can't be the name of a project",
          help: "call it '\(normalized(given))'")
      }
      return given
    }
    var bag = DiagnosticBag()
    let documents = mayBeNamed(main) ? YAMLReader.read(main, into: &bag) : []
    for document in documents.reversed() {
      guard let text = document.root["name"]?.text, let name = try? Interpolation.expand(text, environment).text else {
        continue
      }
      if !normalized(name).isEmpty { return normalized(name) }
    }
    let folder = normalized(folderName ?? FilePath.name(of: FilePath.directory(of: main.path)))
    return folder.isEmpty ? "pod" : folder
  }

  /// Whether a file holds the word `name` at all: reading it once more for that costs as much as the first time.
  static func mayBeNamed(_ file: SourceFile) -> Bool {
    let word = Array("name".utf8)
    var index = 0
    while index + word.count <= file.bytes.count {
      if file.bytes[index] == word[0], file.bytes[index..<index + word.count].elementsEqual(word) {
        let before = index > 0 ? file.bytes[index - 1] : 0x20
        let isLetter = before.isASCIILetter || before == 0x5F || before == 0x2D
        if !isLetter { return true }
      }
      // A key may also be spelled with escapes.
      if file.bytes[index] == UInt8(ascii: "\\") { return true }
      index += 1
    }
    return false
  }

  /// In lower case, without other characters than letters, digits, `-` and `_`, the first a letter or digit.
  static func normalized(_ name: String) -> String {
    let allowed = name.lowercased().utf8.filter { byte in
      switch byte {
      case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
      default: false
      }
    }
    return String(decoding: allowed.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }, as: UTF8.self)
  }
}
