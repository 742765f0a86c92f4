import ArgumentParser
import Glibc
import MartletAccounts
import MartletCore
import MartletStore

/// The database, as commands use it.
struct Records {
    let store: Store
    let configuration: Configuration
    let state: StateFolder

    /// Finds the database by the settings; it is made where it is missing.
    ///
    /// - Throws: `ExitCode`, with the reason on standard error.
    init(_ options: CommonOptions) throws {
        let surroundings = Surroundings(options)
        do throws(ConfigurationFaults) {
            configuration = try surroundings.configuration()
        } catch {
            throw Failure.settings(error)
        }
        do throws(StateFolderError) {
            state = try StateFolder(surroundings.statePath)
        } catch {
            throw Failure.start(error)
        }
        store = Store(path: state.path(configuration.databasePath))
    }

    /// Runs a transaction.
    ///
    /// - Throws: `Refused` in words.
    func write<Result>(_ body: (StoreTables) throws(StoreError) -> Result) throws -> Result {
        defer { giveToOwner() }
        do {
            let result = try store.write(body)
            // Whoever runs the service remembers for a second at most, where this may not be told.
            AccountRevision(path: state.path(Composition.revisionPath), mayMake: false)?.move()
            return result
        } catch {
            throw Refused("the database: \(error)")
        }
    }

    /// Changes something, and writes down that somebody at the command line did it.
    ///
    /// - Parameters:
    ///   - act: what is done, for example `key.create`.
    ///   - target: to what.
    ///   - detail: what else is to be known; never a secret.
    ///   - body: makes the change; nil where there was nothing to change.
    /// - Returns: what `body` gave.
    /// - Throws: `Refused` in words.
    func change<Result>(
        _ act: String,
        of target: String,
        _ detail: String = "",
        _ body: (StoreTables) throws(StoreError) -> Result?
    ) throws -> Result? {
        let row = AuditTable.Row(
            time: WallClock.seconds(),
            actor: .none,
            name: Self.person,
            action: act,
            target: target,
            detail: detail,
            address: ""
        )
        return try write { tables throws(StoreError) -> Result? in
            guard let result = try body(tables) else { return nil }
            try tables.audit.add(row)
            return result
        }
    }

    /// Who is at the command line, as the machine knows them.
    private static var person: String {
        let name = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
        return "\(name) at the command line"
    }

    /// Reads one consistent state.
    ///
    /// - Throws: `Refused` in words.
    func read<Result>(_ body: (StoreTables) throws(StoreError) -> Result) throws -> Result {
        defer { giveToOwner() }
        do {
            return try store.read(body)
        } catch {
            throw Refused("the database: \(error)")
        }
    }

    /// Gives what this command may have made to the service.
    func giveToOwner() {
        let database = configuration.databasePath
        state.giveToOwner(["", "-wal", "-shm", "-journal"].map { database + $0 } + ["master.key"])
    }

    /// The account of a name.
    ///
    /// - Throws: `Refused` where there is none.
    func account(named name: String) throws -> AccountTable.Row {
        guard let row = try read({ tables throws(StoreError) in try tables.accounts.row(named: name) }),
            row.status != .deleted
        else { throw Refused("there is no account '\(name)'") }
        return row
    }

    /// The key of a number.
    ///
    /// - Throws: `Refused` where there is none.
    func key(_ number: Int64) throws -> ApiKeyTable.Row {
        guard let row = try read({ tables throws(StoreError) in try tables.keys.row(KeyID(number)) }),
            row.status != .deleted
        else { throw Refused("there is no key \(number)") }
        return row
    }
}

/// Why a command did nothing; status 1.
struct Refused: Error, CustomStringConvertible {
    let description: String

    init(_ reason: String) {
        description = reason
    }
}

/// Passwords come from a terminal or from standard input, never from the command line, which everybody can read.
enum PasswordInput {
    /// Asks for a password, without showing it.
    ///
    /// - Throws: `Refused` for one that is too short, too long, or not repeated.
    static func read() throws -> Secret {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = readLine() else { throw Refused("no password on standard input") }
            return try checked(line)
        }
        let first = try ask("Password: ")
        guard try ask("Again: ") == first else { throw Refused("the two are not the same") }
        return try checked(first)
    }

    private static func ask(_ prompt: String) throws -> String {
        Failure.say(prompt)
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { throw Refused("the terminal cannot be read") }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown) }
        guard let line = readLine() else { throw Refused("no password") }
        return line
    }

    private static func checked(_ text: String) throws -> Secret {
        do throws(AccountFault) {
            return try AccountRules.password(text)
        } catch {
            throw Refused(error.problem)
        }
    }
}
