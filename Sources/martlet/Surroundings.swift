import ArgumentParser
import Glibc
import Logging

/// The options that every command shares.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: "The settings file (TOML).")
    var config: String?

    @Option(name: .long, help: "The folder for databases, sockets and logs (default .martlet).")
    var state: String?
}

/// Where a program finds its settings and its state, from the command line or from the environment.
struct Surroundings: Sendable {
    let configPath: String?
    let statePath: String
    let environment: [String: String]

    init(_ options: CommonOptions? = nil) {
        environment = Self.readEnvironment()
        configPath = options?.config ?? environment["MARTLET_CONFIG"]
        statePath = options?.state ?? environment["MARTLET_STATE"] ?? ".martlet"
    }

    /// Reads and checks all settings.
    ///
    /// - Throws: `ConfigurationFaults`.
    func configuration() throws(ConfigurationFaults) -> Configuration {
        guard let configPath else { return try Configuration(file: .none, environment: environment) }
        guard let text = Self.readFile(configPath) else {
            let reason = String(cString: strerror(errno))
            throw ConfigurationFaults(faults: [
                ConfigurationFault(place: configPath, key: nil, problem: reason)
            ])
        }
        var configuration = try Configuration(
            file: SettingsFile(name: configPath, text: text),
            environment: environment,
            folder: statePath
        )
        var facts = stat()
        if configuration.hasLiteralKeys, stat(configPath, &facts) == 0, facts.st_mode & 0o044 != 0 {
            configuration.warnings.append(
                "\(configPath) holds keys of channels and can be read by others: use env: or file:, or chmod 600."
            )
        }
        return configuration
    }

    static func readFile(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer {
            let reason = errno
            fclose(file)
            errno = reason
        }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
        guard ferror(file) == 0 else { return nil }
        errno = EILSEQ  // what a text that is not UTF-8 is called
        return String(validating: bytes, as: UTF8.self)
    }

    private static func readEnvironment() -> [String: String] {
        var environment: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if pair.count == 2 { environment[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        return environment
    }
}

/// How a program ends that cannot start.
enum Failure {
    /// Faulty settings: all faults on standard error, status 2.
    static func settings(_ faults: ConfigurationFaults) -> ExitCode {
        say(faults.description)
        return ExitCode(2)
    }

    /// Anything else: the reason in words, status 1.
    static func start(_ reason: any Error) -> ExitCode {
        say("martlet cannot start: \(reason)")
        return ExitCode(1)
    }

    static func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
