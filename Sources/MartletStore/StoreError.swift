import SQL

/// Why the store could not answer, by what a caller can do about it; the text is for the log.
public enum StoreError: Error, Equatable, Sendable {
    /// Others held the lock for too long: the next attempt may succeed.
    case busy(String)
    /// The disk is full.
    case full(String)
    /// The file or its folder must not be written to.
    case readOnly(String)
    /// The file is damaged, or no database at all.
    case damaged(String)
    /// The file cannot be opened or made.
    case unreachable(String)
    /// A newer program has changed the file: this one should drain and leave.
    case newerSchema(String)
    /// Anything else.
    case failed(String)
}

extension StoreError {
    /// Sorts what a database operation threw.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case SQLError.busy(let fault): self = .busy(fault.message)
        case SQLError.full(let fault): self = .full(fault.message)
        case SQLError.readOnly(let fault): self = .readOnly(fault.message)
        case SQLError.corrupt(let fault): self = .damaged(fault.message)
        case SQLError.cannotOpen(let fault): self = .unreachable(fault.message)
        case SQLError.newerSchema(let step): self = .newerSchema(step)
        case SQLError.unexpectedType(let column): self = .damaged("unexpected type in column \(column)")
        case SQLError.constraint(let fault), SQLError.other(let fault):
            self = .failed("\(fault.message) (\(fault.code))")
        default: self = .failed("\(error)")
        }
    }

    /// Whether the file may have to be opened anew before anything works again.
    var asksForReopening: Bool {
        switch self {
        case .busy, .full: false
        case .readOnly, .damaged, .unreachable, .newerSchema, .failed: true
        }
    }
}
