/// Why an event stream is given up.
public enum EventError: String, Error, Equatable {
    /// A line is longer than the limit.
    case lineTooLong
    /// The data of an event is longer than the limit.
    case eventTooLarge

    /// One of few words, for metrics and logs.
    public var label: String { rawValue }
}
