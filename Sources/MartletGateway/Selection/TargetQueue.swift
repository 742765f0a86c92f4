import MartletCore

/// Gives the ways to send a request one behind the other: the best first, none twice, at most five.
///
/// The order: higher priority first; within a priority channels at random by weight, and their keys in turns; the key
/// that served the conversation before comes to the front of its priority. What has failed lately is left out as long
/// as there is anything else, and then what recovers first is asked. Belongs to the thread of its request.
struct TargetQueue {
    private static let mostAttempts = 5
    private var choices: [TargetChoice] = []
    private var resting: [(choice: TargetChoice, rest: Rest)] = []
    private var attempts = 0
    private let states: KeyStates

    /// Puts the ways in order.
    ///
    /// - Parameters:
    ///   - offers: the channels that have the model.
    ///   - states: knows what has failed.
    ///   - hint: what served the conversation before.
    ///   - now: the time in seconds since 1970.
    init(_ offers: [ChannelOffer], states: KeyStates, preferring hint: AffinityHint?, now: Int) {
        self.states = states
        var random = SystemRandomNumberGenerator()
        let tiers = Dictionary(grouping: offers, by: \.channel.priority).sorted { $0.key > $1.key }
        for (_, tier) in tiers {
            var lists = Self.shuffled(tier, using: &random).map { offer in
                Self.choices(of: offer, turn: states.turn(of: offer.channel), now: now)[...]
            }
            var ordered: [TargetChoice] = []
            // One key of each channel, then the second of each: another channel is more likely to work than another key.
            while lists.contains(where: { !$0.isEmpty }) {
                for index in lists.indices {
                    if let choice = lists[index].popFirst() { ordered.append(choice) }
                }
            }
            if let hint, let place = ordered.firstIndex(where: { $0.code == hint.code }) {
                ordered.insert(ordered.remove(at: place), at: 0)
            }
            choices += ordered
        }
    }

    /// The next way; nil when there is none.
    mutating func next() -> TargetChoice? {
        guard attempts < Self.mostAttempts else { return nil }
        while !choices.isEmpty {
            var choice = choices.removeFirst()
            guard let rest = states.rest(of: choice) else { return take(choice) }
            if !rest.isOn, states.claim(rest) {
                choice.isProbe = true
                return take(choice)
            }
            resting.append((choice, rest))
        }
        guard attempts == 0, var (choice, _) = resting.min(by: { $0.rest.until < $1.rest.until }) else {
            return nil
        }
        choice.isProbe = true
        return take(choice)
    }

    private mutating func take(_ choice: TargetChoice) -> TargetChoice {
        attempts += 1
        return choice
    }

    /// The keys of a channel that may be used, in their order.
    private static func choices(of offer: ChannelOffer, turn: Int, now: Int) -> [TargetChoice] {
        if offer.channel.usesCallersKey { return [TargetChoice(offer: offer, key: nil)] }
        let keys = offer.channel.keys.filter { $0.isUsable(at: now) }
        guard !keys.isEmpty else { return [] }
        let begin = turn % keys.count
        var ordered = Array(keys[begin...] + keys[..<begin])
        switch offer.channel.keyOrder {
        case .turns: break
        case .random: ordered.shuffle()
        case .cheapestFirst:
            let classes = ordered.map { $0.plan == .free ? 0 : $0.plan == .paid ? 1 : 2 }
            ordered = (0...2).flatMap { wanted in
                ordered.indices.filter { classes[$0] == wanted }.map { ordered[$0] }
            }
        }
        return ordered.map { TargetChoice(offer: offer, key: $0) }
    }

    /// Offers at random by weight; those of weight zero come last, unless all are.
    static func shuffled(
        _ offers: [ChannelOffer],
        using random: inout some RandomNumberGenerator
    ) -> [ChannelOffer] {
        guard offers.count > 1 else { return offers }
        let isEven = offers.allSatisfy { $0.channel.weight <= 0 }
        var (left, ordered) = (offers, [ChannelOffer]())
        while !left.isEmpty {
            let weights = left.map { isEven ? 1 : max($0.channel.weight, 0) }
            let sum = weights.reduce(0, +)
            var mark = sum > 0 ? Int.random(in: 0..<sum, using: &random) : 0
            let place =
                sum > 0
                ? weights.firstIndex {
                    mark -= $0; return mark < 0
                } ?? 0 : 0
            ordered.append(left.remove(at: place))
        }
        return ordered
    }
}
