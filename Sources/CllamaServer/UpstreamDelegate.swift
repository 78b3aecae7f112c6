import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Hands what an upstream says to the answer that it belongs to, on the event loop of both.
final class UpstreamDelegate: HTTPClientResponseDelegate {
  typealias Response = Void

  private let answer: NIOLoopBound<UpstreamAnswer>

  init(_ answer: UpstreamAnswer, loop: any EventLoop) { self.answer = NIOLoopBound(answer, eventLoop: loop) }

  func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
    answer.value.head(head)
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
    answer.value.body(buffer) ?? task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) { answer.value.failed(error) }

  func didFinishRequest(task: HTTPClient.Task<Void>) throws { answer.value.end() }
}
