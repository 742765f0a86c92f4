import MartletCore

/// What was counted for a request, to be settled once.
public struct AdmissionReceipt: Sendable, Equatable {
    /// Where in a subject's window the request was counted.
    struct Place: Sendable, Equatable {
        /// Whose window it is.
        let subject: LimitSubject
        /// The moment that it was counted at, which no other request of the subject shares.
        let time: Instant
    }

    /// How many tokens were counted.
    let tokens: TokenCount
    /// Where, one for each subject.
    let places: [Place]

    /// A receipt for a request that was not counted: settling it does nothing.
    static let uncounted = Self(tokens: 0, places: [])
}
