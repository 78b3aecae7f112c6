import AsyncHTTPClient
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

/// Hands what the other side says to the answer that it belongs to.
final class AnswerDelegate: HTTPClientResponseDelegate {
  typealias Response = Void

  private let receiver: NIOLoopBound<any AnswerReceiver>

  init(_ receiver: any AnswerReceiver, loop: any EventLoop) { self.receiver = NIOLoopBound(receiver, eventLoop: loop) }

  func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    receiver.value.head(head)
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    receiver.value.body(buffer) ?? task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) { receiver.value.failed(error) }

  func didFinishRequest(task: HTTPClient.Task<Void>) throws { receiver.value.end() }
}
