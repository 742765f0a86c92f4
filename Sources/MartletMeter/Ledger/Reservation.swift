public import MartletCore
public import MartletStore

/// What a request may cost, before it is made.
public struct ReservationWish: Sendable {
    /// Whose money.
    public var account: AccountID
    /// Whose key.
    public var key: KeyID
    /// What it costs for certain: who has less is refused.
    public var least: Credits
    /// What it may cost; as much of it as there is will be reserved.
    public var most: Credits
    /// What it is about.
    public var subject: LedgerTable.Subject

    /// Makes a wish; see the properties.
    public init(
        account: AccountID,
        key: KeyID,
        least: Credits,
        most: Credits,
        subject: LedgerTable.Subject
    ) {
        self.account = account
        self.key = key
        self.least = least
        self.most = max(least, most)
        self.subject = subject
    }
}

/// Money that is set aside for a request until it has been settled.
public struct Reservation: Sendable, Equatable {
    /// Names it in the books.
    public let id: String
    /// How much.
    public let amount: Credits
}

/// Why nothing is set aside.
public enum ReservationRefusal: Sendable, Equatable {
    /// The account has too little.
    case accountIsEmpty(left: Credits)
    /// The key has too little.
    case keyIsEmpty(left: Credits)
    /// The key's budget of the day is used up.
    case dayIsOver(budget: Credits)
    /// The key's budget of the month is used up.
    case monthIsOver(budget: Credits)
    /// As many requests of the key run as may at once.
    case tooManyAtOnce(limit: Int)
    /// Key or account may not be used any more.
    case isRevoked
}

/// What became of a wish.
public enum ReservationOutcome: Sendable, Equatable {
    case reserved(Reservation)
    case refused(ReservationRefusal)
}
