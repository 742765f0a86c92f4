import MartletCore

/// What was counted for a request, so that it can be corrected or taken back, once.
public struct AdmissionReceipt: Sendable, Equatable {
    /// Where in a subject's window the request was counted.
    struct Place: Sendable, Equatable {
        /// Whose window it is.
        let subject: LimitSubject
        /// When the request was counted.
        let time: Instant
        /// The number that it was counted under.
        let sequence: UInt64
    }

    /// How many requests were counted.
    let requests: Int
    /// How many tokens were counted.
    let tokens: TokenCount
    /// Where, one for each subject.
    let places: [Place]

    /// A receipt for a request that was not counted: correcting it does nothing.
    static let uncounted = Self(requests: 0, tokens: 0, places: [])
}
