/// What a responder has to tell its operator.
public enum ResponderEvent: Sendable, Equatable {
    /// No connection could be accepted: the `errno`, `EMFILE` when descriptors have run out.
    ///
    /// Told at most once a second, however often it happens.
    case acceptFailed(code: CInt)
}
