import MartletProviders

/// The targets of one request, one behind the other.
///
/// Belongs to the thread of its request.
final class TargetRoute {
    private var queues: [TargetQueue]
    private let target: (TargetChoice) -> Target
    private let states: KeyStates
    /// Whether there is more than one way to go.
    let hasChoice: Bool
    private var upcoming: TargetChoice?
    /// The choice that `next` gave last.
    private(set) var current: TargetChoice?

    /// - Parameters:
    ///   - queues: of the model, then of those that may stand in for it.
    ///   - states: learns how each target did.
    ///   - hasChoice: whether there is more than one way to go.
    ///   - target: makes a target of a choice.
    init(
        _ queues: [TargetQueue],
        states: KeyStates,
        hasChoice: Bool,
        target: @escaping (TargetChoice) -> Target
    ) {
        self.queues = queues
        self.hasChoice = hasChoice
        self.states = states
        self.target = target
        advance()
    }

    /// The target to ask now; nil when all have been asked.
    @inline(never)
    func next() -> Target? {
        current = upcoming
        advance()
        return current.map(target)
    }

    /// The target that `next` gives, without going on to it.
    var first: Target? { upcoming.map(target) }

    /// Whether nobody comes behind the target that `next` gave.
    var isLast: Bool { upcoming == nil }

    /// Says how the target did that `next` gave last.
    @inline(never)
    func report(_ failure: UpstreamFailure?, of target: Target) {
        guard let current else { return }
        if let failure {
            states.failed(current, with: failure)
        } else {
            states.succeeded(current)
        }
    }

    private func advance() {
        upcoming = nil
        while !queues.isEmpty {
            if let choice = queues[0].next() {
                upcoming = choice
                return
            }
            queues.removeFirst()
        }
    }
}
