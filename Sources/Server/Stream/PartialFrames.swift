#if Server
import NIOCore

/// Counts the bytes of a frame that has not arrived as a whole, which the decoder of frames holds.
///
/// Before the start of a session, whose token may still be missing, there may be few of them.
final class PartialFrames: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Sent to the handlers behind in place of bytes that are too many.
    enum Refusal {
        /// The frame is larger than one before the start may be.
        case tooLarge
        /// All bodies and live audio together have no room for it.
        case noRoom
    }

    /// Largest frame before the start, in bytes.
    static let largestStart = 64 << 10

    private let budget: UploadBudget
    private var shares: [UploadBudget.Share] = []
    private var held = 0
    private var isRefused = false
    /// Whether the session has started.
    var hasStarted = false

    init(budget: UploadBudget) { self.budget = budget }

    /// Called for each frame that has arrived.
    func frameArrived() {
        shares.removeAll(keepingCapacity: true)
        held = 0
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        guard !isRefused else { return }
        guard let share = budget.share(of: count) else { return refuse(.noRoom, context) }
        shares.append(share)
        held += count
        context.fireChannelRead(data)
        // What is left belongs to one frame.
        if !hasStarted, held > Self.largestStart + 14 { refuse(.tooLarge, context) }
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        isRefused = true
        frameArrived()
        context.fireUserInboundEventTriggered(refusal)
    }
}
#endif
