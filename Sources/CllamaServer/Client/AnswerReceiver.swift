import NIOCore
import NIOHTTP1

/// What takes an answer of an upstream or a service, piece by piece, on the event loop of the sidecar.
protocol AnswerReceiver: AnyObject {
  func head(_ head: HTTPResponseHead)
  /// A future where the other side is to wait for the caller.
  func body(_ buffer: ByteBuffer) -> EventLoopFuture<Void>?
  func failed(_ error: any Error)
  func end()
}
