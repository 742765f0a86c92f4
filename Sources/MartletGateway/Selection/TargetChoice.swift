import MartletCore
import MartletStore

/// One way to send a request: a channel's model, and one of the channel's keys.
struct TargetChoice: Sendable, Equatable {
    /// The channel and the model.
    let offer: ChannelOffer
    /// The key; nil where the caller brings it.
    let key: ChannelKey?
    /// Whether it is asked although it has failed lately, to see whether it works again.
    var isProbe = false
}

/// Which choice served a conversation before, as a number: see `TargetChoice.code`.
struct AffinityHint: Sendable, Equatable {
    let code: UInt32
}

extension TargetChoice {
    /// A number that stands for the channel and the key.
    var code: UInt32 {
        var fingerprint = Fingerprint(of: offer.channel.name)
        fingerprint.add(key?.id ?? "")
        return UInt32(truncatingIfNeeded: fingerprint.number ^ fingerprint.number >> 32)
    }

    /// What the key counts as, whatever the model; nil where the caller brings it.
    var keySubject: KeyStateTable.Subject? {
        key.map { KeyStateTable.Subject(channel: offer.channel.name, key: $0.id, model: "") }
    }

    /// What the model with this key counts as.
    var modelSubject: KeyStateTable.Subject {
        KeyStateTable.Subject(
            channel: offer.channel.name,
            key: key?.id ?? "",
            model: offer.model.upstreamName.text
        )
    }
}
