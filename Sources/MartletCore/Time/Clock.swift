/// Tells what moment it is; tests put a clock of their own in its place.
public protocol Clock: Sendable {
    /// The present moment.
    var now: Instant { get }
}
