/// What is wrong with one setting.
struct ConfigurationFault: Error, Equatable, CustomStringConvertible {
    /// Where: `martlet.toml:12`, or the name of an environment variable.
    let place: String
    /// Which setting: `server.workers`; nil for the file as a whole.
    let key: String?
    /// What is wrong, as a sentence without its subject.
    let problem: String

    var description: String {
        key.map { "\(place): \($0) \(problem)" } ?? "\(place): \(problem)"
    }
}

/// Everything that is wrong with the settings, together.
struct ConfigurationFaults: Error, CustomStringConvertible {
    let faults: [ConfigurationFault]

    var description: String { faults.map(\.description).joined(separator: "\n") }
}
