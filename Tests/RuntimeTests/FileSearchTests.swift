import Runtime
import Source
import Testing

@Suite("Looking upwards for a file")
struct FileSearchTests {
  @Test("The nearest one wins; the first name wins in a folder; nothing is nil")
  func upwards() throws {
    let fake = try FakeDocker("")
    let root = fake.folder
    try fake.write("one.yml", "")
    try fake.write("a/two.yml", "")
    try fake.write("a/b/c/x", "")
    #expect(FileSearch.upwards(["one.yml"], from: root + "/a/b/c") == root + "/one.yml")
    #expect(FileSearch.upwards(["one.yml", "two.yml"], from: root + "/a/b/c") == root + "/a/two.yml")
    #expect(FileSearch.upwards(["two.yml"], from: root + "/a/b/../b") == root + "/a/two.yml")
    #expect(FileSearch.upwards(["two.yml"], from: root) == nil)
    #expect(FileSearch.upwards(["one.yml"], from: root + "/gone") == nil)
    // From the current folder it leaves by dots.
    #expect(FileSearch.upwards(["etc/passwd"])?.hasPrefix("../") == true)
  }

  @Test("What a container says can't steer a terminal")
  func printable() {
    #expect("a\u{1B}[2J\u{9B}b\r\nc\u{202E}d\u{7}é".printable == "a\u{FFFD}[2J\u{FFFD}b  c\u{FFFD}d\u{FFFD}é")
    #expect("\r\n".printable == "  " && "plain".printable == "plain")
  }

  @Test("Words for a shell")
  func shellWords() {
    #expect(ShellText.word("a-b_c/d.e:f=g@h,1") == "a-b_c/d.e:f=g@h,1")
    #expect(ShellText.word("") == "''" && ShellText.word("a b") == "'a b'" && ShellText.word("it's") == "'it'\\''s'")
    #expect(ShellText.word("$(x)") == "'$(x)'" && ShellText.word("{{.Id}}") == "'{{.Id}}'")
  }
}
