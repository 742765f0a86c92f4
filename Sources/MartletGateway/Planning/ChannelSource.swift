public import MartletCore
import Threading

/// The channels as they are now: those of the settings, and those that are managed while the service runs.
///
/// A request that sees another revision than the last one has the directory made anew. Safe from any thread.
public final class ChannelSource: Sendable {
    private struct State {
        var revision: Int64
        var directory: ChannelDirectory
    }

    private let state: Guarded<State>
    private let load: @Sendable () -> ChannelDirectory?

    /// Starts with the channels of the settings.
    ///
    /// - Parameters:
    ///   - directory: these channels.
    ///   - load: makes a directory of the settings and the database; nil where the database cannot be read, and the old one
    ///     stays.
    public init(_ directory: ChannelDirectory, load: @escaping @Sendable () -> ChannelDirectory? = { nil }) {
        // A database that nobody has made, or that has no channels, is at 0.
        state = Guarded(State(revision: 0, directory: directory))
        self.load = load
    }

    /// The channels as of the last request.
    var directory: ChannelDirectory { state.withLock { $0.directory } }

    /// A channel by its name.
    public func channel(named name: String) -> Channel? { directory.channel(name) }

    /// Takes note of the revision that a request sees.
    func see(_ revision: Int64) {
        guard state.withLock({ $0.revision != revision }), let fresh = load() else { return }
        state.withLock { state in
            state.directory = fresh
            state.revision = revision
        }
    }
}
