extension PackageRun {
  /// Step 6: the symbols that may be touched are those of the index.
  mutating func checkSymbols() {
    if let validation = package.symbolValidation {
      require(
        validation.content.passed == true, .symbols, .symbolValidationFailed, validation.place.at("/passed"),
        "the symbols were not found right")
    }
    guard let capsule = package.capsule, !capsule.content.allowedSymbols.isEmpty else { return }
    guard let index = package.symbolIndex else {
      return fail(
        .symbols, .symbolIndexInvalid, Place(.symbolIndex), "symbols are allowed, and there is no index of symbols")
    }
    for symbol in capsule.content.allowedSymbols where !index.content.names.contains(Exact(symbol)) {
      fail(
        .symbols, .symbolResolutionFailed, capsule.place.at("/boundaries/allowedSymbols"),
        "the index has no symbol '\(symbol)'")
    }
  }
}
