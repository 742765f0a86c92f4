/// The counters of all vocabularies: what the program makes once and asks for each request's model.
///
/// Safe from any thread.
public struct TokenCounters: Sendable {
    private let counters: [Vocabulary: any TokenCounter]

    /// Opens all tables, in microseconds.
    ///
    /// - Parameter warn: takes one sentence for each table that is missing or damaged; texts of its models are
    ///   estimated from then on.
    public init(warn: (String) -> Void) {
        self.init(table: EmbeddedTable.vocabulary, warn: warn)
    }

    /// Opens the tables that `table` names.
    init(table: (Vocabulary) -> EmbeddedTable, warn: (String) -> Void) {
        var counters: [Vocabulary: any TokenCounter] = [:]
        for vocabulary in Vocabulary.allCases {
            do {
                counters[vocabulary] = try BytePairCounter(vocabulary, table: table(vocabulary))
            } catch {
                warn(
                    "The token table \(vocabulary.rawValue) cannot be used (\(error)); its tokens are estimated."
                )
            }
        }
        self.counters = counters
    }

    /// The counter for the model `name`.
    public func counter(model name: String) -> any TokenCounter {
        counters[Vocabulary(model: name)] ?? EstimatingCounter()
    }
}
