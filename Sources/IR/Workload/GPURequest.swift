/// The GPUs that one worker wants.
package struct GPURequest: Sendable, Hashable {
  /// How many.
  package var count: Int
  /// Their class (`h100`), as fleets and engines name it; nil for any.
  package var type: String?
  /// The memory that each must have, in MiB; nil for any.
  package var memory: Int?
  /// Text that a GPU's product name must contain, in any case; nil for any.
  package var model: String?
  /// What must hold for each; nil for nothing.
  package var selector: DeviceSelector?
  /// How they must be joined with one another.
  package var link: Link?

  /// Joins the parts.
  package init(
    count: Int, type: String? = nil, memory: Int? = nil, model: String? = nil, selector: DeviceSelector? = nil,
    link: Link? = nil
  ) {
    self.count = count
    self.type = type
    self.memory = memory
    self.model = model
    self.selector = selector
    self.link = link
  }

  /// The slowest way between two of the GPUs that is good enough.
  package enum Link: String, Sendable, CaseIterable {
    /// NVLink, directly or through switches.
    case nvlink
    /// Not across processors: one socket's PCIe at most.
    case socket
  }
}

/// A condition on a GPU: a total language, in which what can't be understood is an error and never true.
package struct DeviceSelector: Sendable, Hashable {
  /// What it means.
  package var expression: Expression
  /// As it was written.
  package var text: String

  /// Joins the two.
  package init(expression: Expression, text: String) {
    self.expression = expression
    self.text = text
  }

  /// A tree of the language.
  package indirect enum Expression: Sendable, Hashable {
    case all([Expression])
    case any([Expression])
    case not(Expression)
    case number(NumberField, Comparison, Int)
    case text(TextField, TextTest, String)
    case constant(Bool)
  }

  /// What of a GPU is a number.
  package enum NumberField: String, Sendable, CaseIterable {
    case index
    case memoryMiB = "memory_mib"
  }

  /// What of a GPU is a text.
  package enum TextField: String, Sendable, CaseIterable {
    case name
    case type
    case uuid
  }

  /// How numbers are compared.
  package enum Comparison: String, Sendable, CaseIterable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case atMost = "<="
    case more = ">"
    case atLeast = ">="
  }

  /// How texts are compared: by their bytes.
  package enum TextTest: String, Sendable, CaseIterable {
    case equal = "=="
    case unequal = "!="
    case contains
    case startsWith
    case endsWith
  }
}
