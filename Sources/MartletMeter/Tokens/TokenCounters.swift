/// The counters of all vocabularies: what the program makes once and asks for each request's model.
///
/// Safe from any thread.
public struct TokenCounters: Sendable {
    private let cl100k: any TokenCounter
    private let o200k: any TokenCounter

    /// Opens all tables, in microseconds.
    ///
    /// - Parameter warn: takes one sentence for each table that is missing or damaged; texts of its models are
    ///   estimated from then on.
    public init(warn: (String) -> Void) {
        self.init(table: EmbeddedTable.vocabulary, warn: warn)
    }

    /// Opens the tables that `table` names.
    init(table: (Vocabulary) -> EmbeddedTable, warn: (String) -> Void) {
        func open(_ vocabulary: Vocabulary) -> any TokenCounter {
            do {
                return try BytePairCounter(vocabulary, table: table(vocabulary))
            } catch {
                warn(
                    "The token table \(vocabulary.rawValue) cannot be used (\(error)); its tokens are estimated."
                )
                return EstimatingCounter()
            }
        }
        cl100k = open(.cl100k)
        o200k = open(.o200k)
    }

    /// The counter for the model `name`.
    public func counter(model name: String) -> any TokenCounter {
        switch Vocabulary(model: name) {
        case .cl100k: cl100k
        case .o200k: o200k
        }
    }
}
