/// Brings a database's schema up to date: named steps, each applied once, by whichever process comes first.
///
/// Steps only add. A process of the previous version can therefore go on working while it is replaced.
public struct SQLMigrator: Sendable {
    /// One step: a name that never changes, and the statements.
    public struct Step: Sendable {
        fileprivate let name: String
        fileprivate let statements: [StaticString]

        /// Makes a step.
        public init(_ name: String, _ statements: [StaticString]) {
            self.name = name
            self.statements = statements
        }
    }

    private let steps: [Step]

    /// Makes a migrator that knows `steps`, in the order in which they are applied.
    public init(_ steps: [Step]) {
        precondition(Set(steps.map(\.name)).count == steps.count, "two steps have the same name")
        self.steps = steps
    }

    /// Applies the steps that are missing, all of them or none.
    ///
    /// - Throws: `SQLError.newerSchema` when a step was applied that this program does not know; other cases
    /// of
    ///   `SQLError` as the statements fail.
    public func migrate(_ database: SQLDatabase) throws {
        try database.write { connection in
            try connection.execute("CREATE TABLE IF NOT EXISTS migration (step TEXT PRIMARY KEY)")
            let applied = try connection.rows("SELECT step FROM migration").map { try $0.text(0) }
            let known = Set(steps.map(\.name))
            if let unknown = applied.first(where: { !known.contains($0) }) {
                throw SQLError.newerSchema(step: unknown)
            }
            for step in steps where !applied.contains(step.name) {
                for statement in step.statements { try connection.execute(statement) }
                try connection.execute("INSERT INTO migration (step) VALUES ($1)", .text(step.name))
            }
        }
    }
}
