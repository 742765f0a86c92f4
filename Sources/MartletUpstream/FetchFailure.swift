/// Why a file that a client names by its address was not fetched.
public enum FetchFailure: Error, Equatable, Sendable {
    /// It is no address, or one with a user's name, or of another scheme than `http` and `https`.
    case malformed
    /// It begins with `http:`, which the settings do not permit.
    case plainHTTP
    /// It leads where the guard lets nobody go.
    case destinationRefused
    /// Its name cannot be found, nobody answers there, or the certificate is not trusted.
    case unreachable
    /// It took too long.
    case timedOut
    /// The file is larger than allowed.
    case tooLarge
    /// The server answers with another status than 200.
    case status(Int)
    /// It leads on to another address too often, or from `https:` to `http:`, or nowhere.
    case redirect
}
