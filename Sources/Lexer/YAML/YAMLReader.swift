import CLibYAML
package import Diagnostics
package import Source

/// Reads a YAML file into located trees, one per document.
///
/// It sits on libyaml's events and adds what they lack: bytes for positions, aliases that are checked, duplicate keys,
/// limits. Any bytes give a result and findings; nothing recurses on the input's depth.
package enum YAMLReader {
  /// Most collections within each other, aliases counted as what they stand for.
  package static let depthLimit = 256
  /// Most nodes that aliases may add to those written (go-yaml's own limit lets so many pass, too).
  package static let expansionLimit = 400_000

  /// Most events of a file: keys, values, starts and ends of collections.
  package static let eventLimit = 1_000_000

  /// The documents of the file. After a syntax error, those that ended before it.
  package static func read(_ file: SourceFile, into bag: inout DiagnosticBag) -> [YAMLDocument] {
    guard let start = YAMLEncoding.check(file, into: &bag) else { return [] }
    return file.bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress, start < bytes.count else { return [] }
      var parser = yaml_parser_t()
      guard yaml_parser_initialize(&parser) == 1 else { return [] }
      defer { yaml_parser_delete(&parser) }
      yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
      var builder = YAMLBuilder(file: file, bytes: bytes, offsets: YAMLOffsets(bytes, from: start))
      if let changed = builder.offsets.isASCII ? nil : YAMLEncoding.withoutMarks(bytes, from: start) {
        changed.withUnsafeBufferPointer { changed in
          yaml_parser_set_input_string(&parser, changed.baseAddress.map { $0 + start }, changed.count - start)
          run(&parser, &builder)
        }
      } else {
        yaml_parser_set_input_string(&parser, base + start, bytes.count - start)
        run(&parser, &builder)
      }
      bag.add(contentsOf: builder.bag)
      return builder.documents
    }
  }

  private static func run(_ parser: inout yaml_parser_t, _ builder: inout YAMLBuilder) {
    var event = yaml_event_t()
    while true {
      guard yaml_parser_parse(&parser, &event) == 1 else {
        builder.fail(YAMLSyntaxError(parser, offsets: builder.offsets))
        return
      }
      let isLast = event.type == YAML_STREAM_END_EVENT
      let goesOn = builder.take(event)
      yaml_event_delete(&event)
      if isLast || !goesOn { return }
    }
  }
}
