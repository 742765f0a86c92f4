import ArgumentParser
import MartletAccounts
import MartletCore
import MartletStore

/// `martlet account import`: users and groups of the key pools that people come from.
struct ImportAccounts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take users and groups over from a key pool's users.json and groups.json.",
        discussion: """
            Their keys go on working, whatever their form; they are kept as hashes. Accounts that exist already, keys that \
            another has, and keys of fewer than 16 characters are left out and named. Nothing has limited money.
            """
    )

    private static let shortestKey = 16

    @OptionGroup var options: CommonOptions
    @Option(help: "The users.") var users: String
    @Option(help: "The groups.") var groups: String?

    func run() throws {
        let records = try Records(options)
        let wantedGroups = try groups.map(Self.object(in:)) ?? JSONObject()
        let wantedUsers = try Self.object(in: users)
        var (madeGroups, madeUsers) = (0, 0)
        for (name, record) in wantedGroups {
            guard let row = Self.group(name, record) else {
                print("left out: group '\(name)', whose name cannot be one here")
                continue
            }
            let isNew = try records.change("group.import", of: "group \(name)") {
                tables throws(StoreError) -> Bool? in
                // A group that is here already stays as it is; one without a time is listed, but not in the table.
                let known = try tables.groups.all().first { $0.name == row.name && $0.created > 0 }
                guard known == nil else { return nil }
                try tables.groups.put(row.name, title: row.title, ratio: nil, now: max(1, row.created))
                return true
            }
            guard isNew != nil else {
                print("left out: group '\(name)', which is here already")
                continue
            }
            madeGroups += 1
        }
        for (name, record) in wantedUsers {
            if let problem = try add(name, record, to: records) {
                print("left out: user '\(name)', \(problem)")
            } else {
                madeUsers += 1
            }
        }
        print("\(madeGroups) groups, \(madeUsers) users")
        guard madeUsers == wantedUsers.count, madeGroups == wantedGroups.count else { throw ExitCode(1) }
    }

    /// Makes an account and its key; the reason where it makes none.
    private func add(_ name: String, _ record: JSON, to records: Records) throws -> String? {
        var row: AccountTable.Row
        do throws(AccountFault) {
            row = AccountTable.Row(username: try AccountRules.username(name))
            row.group = try AccountRules.group(record["groupId"]?.stringValue ?? "default")
        } catch {
            return error.problem
        }
        guard let role = Role(word: record["role"]?.stringValue ?? "user") else {
            return "whose role is unknown"
        }
        (row.role, row.isUnlimited, row.created) = (role, true, WallClock.seconds())
        row.displayName = record["owner"]?.stringValue ?? ""
        let key = record["key"]?.stringValue.map { Secret($0) }
        if let key, key.revealed.utf8.count < Self.shortestKey { return "whose key can be guessed" }
        let made = row
        var problem: String?
        _ = try records.change("account.import", of: "account \(name)", "role \(made.role.word)") {
            tables throws(StoreError) -> Bool? in
            if let key, try tables.keys.isTaken(hash: KeyHash(key).text) {
                problem = "whose key another has, or had"
                return nil
            }
            guard let id = try tables.accounts.add(made) else {
                problem = "whose name is taken"
                return nil
            }
            guard let key else { return true }
            var keyRow = ApiKeyTable.Row(account: id)
            keyRow.name = "imported"
            _ = try KeyIssue.issue(keyRow, key: key, in: tables, now: made.created)
            return true
        }
        return problem
    }

    private static func group(_ name: String, _ record: JSON) -> GroupTable.Row? {
        guard let sound = try? AccountRules.group(name) else { return nil }
        return GroupTable.Row(
            name: sound,
            title: record["name"]?.stringValue ?? "",
            created: (record["createdAt"]?.intValue ?? 0) / 1_000
        )
    }

    private static func object(in path: String) throws -> JSONObject {
        guard let text = Surroundings.readFile(path) else { throw Refused("'\(path)' cannot be read") }
        guard let object = (try? JSON.parse(Array(text.utf8)))?.objectValue else {
            throw Refused("'\(path)' is no JSON object")
        }
        return object
    }
}
