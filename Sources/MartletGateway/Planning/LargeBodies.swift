import Glibc
import MartletCore
import Threading

/// Lets only some long bodies be in memory at a time, for each takes many times its bytes while it is understood.
///
/// Safe from any thread.
final class LargeBodies: Sendable {
    /// The right to have one in memory, until it is let go of.
    final class Permit {
        private let bodies: LargeBodies

        fileprivate init(_ bodies: LargeBodies) {
            self.bodies = bodies
        }

        deinit { bodies.inUse.withLock { $0 -= 1 } }
    }

    private static let most = 8
    private static let patience = Duration.seconds(30)
    private let inUse = Guarded(0)

    /// Waits for its turn.
    ///
    /// - Throws: `GatewayError` of kind `unavailable` when it does not come in time.
    func enter() throws(GatewayError) -> Permit {
        let end = ContinuousClock.now + Self.patience
        while true {
            let isIn = inUse.withLock { count in
                guard count < Self.most else { return false }
                count += 1
                return true
            }
            if isIn { return Permit(self) }
            guard .now < end else {
                throw GatewayError(
                    .unavailable,
                    "Too many long bodies are being read at the moment.",
                    code: "too_many_large_bodies",
                    retryAfter: .seconds(5)
                )
            }
            usleep(20_000)
        }
    }
}
