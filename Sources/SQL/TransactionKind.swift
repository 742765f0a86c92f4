/// What a transaction is going to do.
public enum TransactionKind: Sendable {
    /// Reads only, all of it from one moment.
    case reading
    /// Writes: the lock is taken before the first statement, so what is read stays true until the end.
    case writing
}
