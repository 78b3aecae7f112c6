import Source
import Testing

@Suite("Paths as text")
struct FilePathTests {
  @Test(
    "Normal form",
    arguments: [
      ("a/b", "a/b"), ("./a//b/.", "a/b"), ("a/../b", "b"), ("../a", "../a"), ("a/../../b", "../b"), ("/a/../..", "/"),
      ("", "."), (".", "."), ("a/..", "."), ("/", "/"), ("../../x/..", "../.."), ("a/", "a"), ("...", "..."),
    ])
  func normalize(path: String, normal: String) {
    #expect(FilePath.normalize(path) == normal)
    #expect(FilePath.normalize(normal) == normal)
  }

  @Test(
    "Whether a path leads out of its folder",
    arguments: [
      ("a", false), ("a/../b", false), ("..", true), ("a/../../b", true), ("/a", true), ("..a", false), (".", false),
      ("a/../..", true), ("...", false),
    ])
  func escapes(path: String, out: Bool) { #expect(FilePath.escapes(path) == out) }

  @Test(
    "Directory, name and join",
    arguments: [
      ("a/b/c", "a/b", "c"), ("a", "", "a"), ("/a", "/", "a"), ("a/", "a", ""),
    ])
  func parts(path: String, directory: String, name: String) {
    #expect(FilePath.directory(of: path) == directory)
    #expect(FilePath.name(of: path) == name)
    #expect(FilePath.join(directory, name) == path)
    #expect(FilePath.join(directory, "/x") == "/x")
  }

  @Test(
    "Relative paths lead where they should",
    arguments: [
      ("a/b", "a", "b"), ("a", "a/b", ".."), ("a/b", "a/c", "../b"), ("a", "a", "."), ("/a/b", "/a", "b"),
      ("/a", "b", "/a"), ("a", ".", "a"),
    ])
  func relative(path: String, folder: String, expected: String) {
    #expect(FilePath.relative(path, from: folder) == expected)
  }
}

@Suite("Did you mean")
struct SuggestionTests {
  @Test(
    "The nearest word, if it is near for its length",
    arguments: [
      ("MODLE", "MODEL"), ("rnu", "RUN"), ("CPOY", "COPY"), ("ENTRYPONT", "ENTRYPOINT"), ("WIBBLE", nil), ("X", nil),
      ("", nil), ("model", "MODEL"),
    ] as [(String, String?)])
  func nearest(word: String, expected: String?) {
    #expect(Suggestion.nearest(to: word, in: ["MODEL", "RUN", "COPY", "ENTRYPOINT"]) == expected)
  }

  @Test("Ranges join and order")
  func ranges() {
    #expect(SourceRange(5, 3) == SourceRange(at: 5))
    #expect(SourceRange(1, 3).union(SourceRange(2, 9)) == SourceRange(1, 9))
    #expect(SourceRange(1, 3) < SourceRange(1, 4) && SourceRange(1, 9) < SourceRange(2, 3))
    #expect(SourceRange(1, 3).contains(1) && !SourceRange(1, 3).contains(3) && !SourceRange(at: 2).contains(2))
  }
}
