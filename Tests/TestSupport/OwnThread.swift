import Dispatch

/// Runs what blocks elsewhere than on the threads that tests share: children are waited for on those, and there are as few
/// as cores. It stays the test's own task, so that what fails is the test's.
package final class OwnThread: TaskExecutor {
  private let queue = DispatchQueue(label: "a test that blocks")

  package init() {}

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  package static func run<Value: Sendable>(_ body: @Sendable () throws -> Value) async throws -> Value {
    try await withTaskExecutorPreference(OwnThread()) { try body() }
  }
}
