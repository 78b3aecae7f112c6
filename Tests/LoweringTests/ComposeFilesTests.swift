import Diagnostics
import Lowering
import Source
import Testing

@Suite("Compose: extends and include")
struct ComposeFilesTests {
  @Test("A service extends another of its file, through several steps")
  func sameFile() throws {
    let (project, bag) = ComposeFixture.load(
      """
      services:
        web:
          extends: middle
          environment: {C: 3}
        middle:
          extends: {service: base}
          environment: {B: 2}
          command: [m]
        base:
          image: x
          environment: {A: 1}
          command: [b]
      """)
    #expect(bag.isEmpty)
    let web = try #require(project[service: "web"])
    #expect(web.environment.map(\.key) == ["A", "B", "C"])
    #expect(web.command == ["m"])
    #expect(ComposeFixture.place(web.image) == "pod.yml:10")
    #expect(web["extends"] == nil)
    #expect(project[service: "middle"]?.environment.count == 2)
  }

  @Test("A service extends one of another file, whose paths move")
  func otherFile() throws {
    let (project, bag) = ComposeFixture.load([
      "pod.yml": "services: {web: {extends: {file: base/one.yml, service: s}}}\n",
      "base/one.yml":
        "services: {s: {extends: {file: ../two/two.yml, service: t}, env_file: one.env, volumes: ['./data:/data', '/abs:/abs', 'v:/v']}}\n",
      "two/two.yml":
        "services: {t: {image: x, build: {dockerfile: D, additional_contexts: {a: ./c, b: 'https://x'}}, label_file: l}}\nx-claw: {a: 1}\n",
      "base/one.env": "", "two/l": "",
    ])
    #expect(ComposeFixture.findings(bag) == [])
    let web = try #require(project[service: "web"])
    #expect(web.mounts.map { $0["source"]?.string ?? "" } == ["base/data", "/abs", ""])
    #expect(
      ComposeFixture.dump(web.build) == "{dockerfile: D, additional_contexts: {a: two/c, b: https://x}, context: two}")
    #expect(ComposeFixture.dump(web["env_file"]) == "[{path: base/one.env}]")
    #expect(project.files.map(\.path) == ["pod.yml", "base/one.yml", "two/two.yml", "base/one.env", "two/l"])
    #expect(project.claws.map(\.isInMainFile) == [false])
    #expect(project.claws.first?.file.path == "two/two.yml")
  }

  @Test("!reset and !override work on what is extended")
  func resets() {
    let (project, bag) = ComposeFixture.load(
      """
      services:
        web:
          extends: base
          ports: !reset []
          cap_add: !override [B]
        base:
          image: x
          ports: ["80:80"]
          cap_add: [A]
      """)
    #expect(bag.isEmpty)
    #expect(ComposeFixture.dump(project[service: "web"]?.value) == "{image: x, cap_add: [B]}")
    #expect(project[service: "base"]?.ports.count == 1)
  }

  @Test("A chain of ten thousand services is resolved without recursion")
  func longChain() {
    var text = "services:\n"
    for index in 0..<10_000 { text += "  s\(index): {extends: s\(index + 1)}\n" }
    text += "  s10000: {image: x}\n"
    let (project, bag) = ComposeFixture.load(text)
    #expect(bag.isEmpty)
    #expect(project.services.allSatisfy { $0.image != nil })
  }

  @Test(
    "Circles and missing bases are reported where they are written",
    arguments: [
      ("services: {a: {image: x, extends: b}, b: {extends: a}}\n", "pod/extends-cycle"),
      ("services: {a: {image: x, extends: c}, bb: {image: x}}\n", "pod/undefined-base"),
      ("services: {a: {image: x, extends: {file: o.yml, service: q}}}\n", "pod/undefined-base"),
      ("services: {a: {image: x, extends: {file: o.yml, service: loop}}}\n", "pod/extends-cycle"),
      ("services: {a: {image: x, extends: {file: bad.yml, service: q}}}\n", "yaml/syntax"),
      ("include: [loop.yml]\nservices: {a: {image: x}}\n", "pod/include-cycle"),
      ("include: [pod.yml]\nservices: {a: {image: x}}\n", "pod/include-cycle"),
      ("include: [{path: o.yml, env_file: none.env}]\nservices: {a: {image: x}}\n", "pod/missing-file"),
    ])
  func failures(text: String, rule: String) {
    let (_, bag) = ComposeFixture.load([
      "pod.yml": text, "o.yml": "services: {s: {image: x}, loop: {extends: {file: o2.yml, service: l}}}\n",
      "o2.yml": "services: {l: {extends: {file: o.yml, service: loop}}}\n",
      "bad.yml": "a: [\n", "loop.yml": "include: [pod.yml]\n",
    ])
    #expect(bag.sorted().map(\.rule.name).contains(rule))
  }

  @Test("An include brings its resources, with its own folder and variables; the file's own win")
  func include() throws {
    let (project, bag) = ComposeFixture.load(
      [
        "pod.yml":
          "include: [{path: [lib/a.yml, lib/b.yml]}]\nservices:\n  db: {environment: [OWN=1]}\n  web: {image: w, depends_on: [db]}\nx-claw: {m: 1}\n",
        "lib/a.yml":
          "include: [deep/c.yml]\nservices: {db: {image: '$IMG', volumes: ['./d:/d', 'v:/v', 'vol:/w'], x-claw: {a: 1}}}\nvolumes: {vol: }\n",
        "lib/b.yml": "services: {db: {user: u}}\n",
        "lib/.env": "IMG=pg\nOTHER=o\n",
        "lib/deep/c.yml": "services: {c: {image: '$IMG$OTHER$TOP', build: ctx}}\nsecrets: {s: {file: ./k}}\n",
      ], environment: ["TOP": "t", "OTHER": "main"])
    #expect(ComposeFixture.findings(bag) == [])
    let database = try #require(project[service: "db"])
    #expect(database.image?.string == "pg")
    #expect(database.environment.map(\.key) == ["OWN"])
    #expect(database.user?.string == "u")
    #expect(database.mounts.first?["source"]?.string == "lib/d")
    #expect(project[service: "c"]?.image?.string == "pgmaint")
    #expect(project[service: "c"]?.build?["context"]?.string == "lib/deep/ctx")
    #expect(project.secrets.first?.value["file"]?.string == "lib/deep/k")
    #expect(
      project.claws.map { "\($0.path.joined(separator: ".")) \($0.isInMainFile)" } == [" true", "services.db false"])
  }

  @Test("A file that several include is loaded once, and a hundred levels of them don't explode")
  func diamonds() {
    var files = ["pod.yml": "include: [l0a.yml, l0b.yml]\nservices: {a: {image: x}}\n"]
    for level in 0..<40 {
      files["l\(level)a.yml"] = "include: [l\(level + 1)a.yml, l\(level + 1)b.yml]\n"
      files["l\(level)b.yml"] = "include: [l\(level + 1)a.yml, l\(level + 1)b.yml]\n"
    }
    files["l40a.yml"] = "services: {b: {image: x, security_opt: [q]}}\n"
    files["l40b.yml"] = "services: {b: {image: x, security_opt: [q]}}\n"
    let (project, bag) = ComposeFixture.load(files)
    #expect(ComposeFixture.findings(bag) == [])
    #expect(project.services.map(\.name).sorted() == ["a", "b"])
  }

  @Test("Profiles")
  func profiles() {
    let text = "services: {a: {image: x}, b: {image: x, profiles: [p, q]}, c: {profiles: [r]}}\n"
    func active(_ profiles: [String]?, _ environment: [String: String] = [:]) -> [String] {
      ComposeFixture.load(["pod.yml": text], environment: environment, profiles: profiles).project.services.filter(
        \.isActive
      ).map(\.name)
    }
    #expect(active(nil) == ["a"])
    #expect(active(["q"]) == ["a", "b"])
    #expect(active(nil, ["COMPOSE_PROFILES": "p,r"]) == ["a", "b", "c"])
    #expect(active(["*"]).count == 3)
  }

  @Test("The project's name")
  func names() {
    func name(
      _ path: String, _ text: String, given: String? = nil, environment: [String: String] = [:],
      folderName: String? = nil
    ) -> String {
      var bag = DiagnosticBag()
      let name = ComposeLoader.load(
        main: SourceFile(path: path, text: text), files: MemoryFiles(), environment: Environment(environment),
        folderName: folderName, projectName: given, into: &bag
      ).name
      return bag.hasErrors ? "error" : name
    }
    #expect(name("pod.yml", "services: {}\n") == "pod")
    #expect(name("My.Dir/pod.yml", "services: {}\n") == "mydir")
    #expect(name("d/pod.yml", "name: My ${X:-App}\nservices: {}\n") == "myapp")
    #expect(name("d/pod.yml", "name: n\nservices: {}\n", environment: ["COMPOSE_PROJECT_NAME": "e"]) == "e")
    #expect(name("d/pod.yml", "name: n\nservices: {}\n", given: "g") == "g")
    #expect(name("d/pod.yml", "services: {}\n", given: "Gross") == "error")
    #expect(name("pod.yml", "services: {}\n", folderName: "_My Folder") == "myfolder")
    #expect(name("../pod.yml", "services: {}\n", folderName: "above") == "above")
    #expect(name("pod.yml", "name: own\nservices: {}\n", folderName: "folder") == "own")
  }
}
