/// The version of the program.
enum Version {
    /// As people write it.
    static let text = "0.1.0"
}
