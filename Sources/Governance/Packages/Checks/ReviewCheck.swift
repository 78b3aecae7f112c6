extension PackageRun {
  /// Step 5, the reviews: every reviewer that a packet asks for looked at the step, and none found anything.
  mutating func checkReviews() {
    var seen: Set<[Exact]> = []
    for review in package.reviews {
      let place = review.place
      guard let role = review.content.role else { continue }
      require(
        seen.insert([Exact(review.content.stepID), Exact(role.rawValue)]).inserted, .patches, .reviewerDuplicate, place,
        "the step '\(review.content.stepID)' has two reports by '\(role.rawValue)'")
      require(
        TextForms.same("\(review.content.stepID)-\(role.rawValue)", place.scope), .patches, .reviewerFailed, place,
        "the report is by '\(role.rawValue)' on the step '\(review.content.stepID)', and its file is not named so")
      require(
        review.content.passed == review.content.violations.isEmpty, .patches, .reviewerFailed, place.at("/passed"),
        review.content.passed == true
          ? "a report with violations is said to have passed" : "a report without violations failed")
      for (index, violation) in review.content.violations.enumerated() {
        fail(
          .patches, .reviewerFailed, place.at("/violations/\(index)"), "\(violation.rule): \(violation.message)")
      }
      require(
        package.packets.contains { TextForms.same($0.content.stepID, review.content.stepID) }, .patches,
        .reviewerFailed,
        place.at("/stepId"), "there is no packet of the step '\(review.content.stepID)'")
    }
    for packet in package.packets {
      for role in packet.content.reviewers {
        require(
          seen.contains([Exact(packet.content.stepID), Exact(role.rawValue)]), .patches, .reviewerFailed,
          packet.place.at("/reviewerSequence"),
          "there is no report by '\(role.rawValue)' on the step '\(packet.content.stepID)'")
      }
    }
  }
}
