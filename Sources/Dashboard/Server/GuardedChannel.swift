import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// HTTP/1.1 on a connection that is closed if the client sends a head without end, or does not take what is sent.
struct GuardedChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = HTTP1Channel.Value

    let base: HTTP1Channel
    let limits: ConnectionLimits

    var responder: HTTPChannelHandler.Responder { base.responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let limits = limits
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(HeadGuard(limits))
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }.flatMapThrowing { value in
            // Behind the decoder, to see when it has understood something.
            let pipeline = channel.pipeline.syncOperations
            let guardian = try pipeline.handler(type: HeadGuard.self)
            let state = try pipeline.handler(type: HTTPConnectionStateHandler.self)
            try pipeline.addHandler(PartCounter(guardian), position: .before(state))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Counts the bytes that the decoder has taken without giving a part of a request for them: its own limits are on the
/// fields, not on the URL. Also closes a connection whose client takes nothing.
private final class HeadGuard: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let limits: ConnectionLimits
    private var pending = 0
    private var isDraining = false
    private var deadline: Scheduled<Void>?

    init(_ limits: ConnectionLimits) { self.limits = limits }

    func sawPart() { pending = 0 }

    /// Closes the connection after what was written. What still comes is dropped for a second: an answer would be lost
    /// if the system had to reset the connection.
    func drain(_ channel: any Channel) {
        isDraining = true
        channel.close(mode: .output, promise: nil)
        deadline?.cancel()
        deadline = channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        channel.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isDraining, case ChannelEvent.inputClosed = event {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isDraining { context.read() } else { context.fireChannelReadComplete() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDraining else { return }
        pending += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
        // One piece from the network holds at most 64 KiB, so this comes soon enough.
        if pending > limits.head * 4 { context.close(promise: nil) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard !isDraining else { return context.fireChannelWritabilityChanged() }
        deadline?.cancel()
        deadline = nil
        if !context.channel.isWritable {
            let channel = context.channel
            deadline = context.eventLoop.scheduleTask(in: limits.write) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }
}

/// Tells the guard that the decoder has understood something, and closes the connection after an answer that says so:
/// the rest of a request that was refused is not read.
private final class PartCounter: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let guardian: HeadGuard
    private var isLast = false

    init(_ guardian: HeadGuard) { self.guardian = guardian }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): isLast = head.headerFields[.connection] == "close"
        case .end where isLast:
            context.writeAndFlush(data, promise: promise)
            guardian.drain(context.channel)
            return
        default: break
        }
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guardian.sawPart()
        context.fireChannelRead(data)
    }
}
