import HTTPTypes
import MartletAccounts
import MartletCore
import MartletStore
import MartletWeb

/// Users and groups as the key pools have them: `/v1/auth/me`, `/v1/users`, `/v1/groups`.
enum PoolEndpoints {
    private static let username = Field<String>.text("username", atMost: 64)
    private static let password = Field<String>.text("password", atMost: 1_000)
    private static let key = Field<String>.text("key", atMost: 1_000)
    private static let role = Field<String>.text("role", atMost: 20)
    private static let owner = Field<String>.text("owner", atMost: 100)
    private static let name = Field<String>.text("name", atMost: 100)
    private static let id = Field<String>.text("id", atMost: 64)
    private static let regenerate = Field<Bool>.truth("regenerateKey")
    private static let shortestKey = 16

    static let routes = [
        PoolRoute(.get, "/v1/auth/me", "Whose key it is.", act: me),
        PoolRoute(
            .get,
            "/v1/users",
            "The users: all for an owner, those of the own group for an administrator."
        ) { call in
            try administrator(call, "Unauthorized")
            return ["data": .array(try users(call).map { json($0.row, key: $0.key) })]
        },
        PoolRoute(.post, "/v1/users", "Makes a user whose password is the key.", act: createUser),
        PoolRoute(.get, "/v1/groups", "The groups: all for an owner, the own one for others.", act: groups),
        PoolRoute(.post, "/v1/groups", "Makes a group.", act: createGroup),
        PoolRoute(
            .delete,
            "/v1/groups/{group}",
            "Deletes a group; force=true deletes its members.",
            act: deleteGroup
        ),
        PoolRoute(.get, "/v1/groups/{group}/users", "The members of a group.") { call in
            let group = try managed(call)
            let members = try users(call).filter { $0.row.group == group }
            return ["object": "list", "data": .array(members.map { json($0.row, key: $0.key) })]
        },
        PoolRoute(
            .post,
            "/v1/groups/{group}/users",
            "Makes a member; its key is shown this once.",
            act: addMember
        ),
        PoolRoute(.put, "/v1/groups/{group}/users/{username}", "Changes a member.", act: changeMember),
        PoolRoute(.delete, "/v1/groups/{group}/users/{username}", "Deletes a member.", act: deleteMember),
    ]

    private static func refused(_ status: HTTPResponse.Status, _ text: String) -> PoolRoute.Refusal {
        PoolRoute.Refusal(status: status, text: text)
    }

    private static func administrator(_ call: Call, _ text: String) throws {
        guard try call.actor.role >= .admin else { throw refused(.forbidden, text) }
    }

    private static func me(_ call: Call) throws -> JSON {
        let account = try call.actor.account
        let title = try group(account.group, in: call)?.title ?? ""
        return [
            "username": .string(account.username), "vaultId": .string("group:\(account.group)"),
            "role": .string(account.role.poolWord), "isLegacy": false, "groupId": .string(account.group),
            "groupName": .string(title.isEmpty ? account.group : title),
        ]
    }

    private static func group(_ name: String, in call: Call) throws -> GroupTable.Row? {
        try call.read { tables throws(StoreError) in try tables.groups.all() }.first { $0.name == name }
    }

    private static func users(_ call: Call) throws -> [(row: AccountTable.Row, key: ApiKeyTable.Row?)] {
        let actor = try call.actor
        return try call.read { tables throws(StoreError) in
            var selection = AccountTable.Selection()
            selection.limit = 100_000
            if actor.role < .owner { selection.group = actor.account.group }
            var users: [(row: AccountTable.Row, key: ApiKeyTable.Row?)] = []
            for row in try tables.accounts.rows(selection).rows {
                users.append((row, try tables.keys.rows(of: row.id, limit: 1).rows.first))
            }
            return users
        }
    }

    private static func json(_ row: AccountTable.Row, key: ApiKeyTable.Row?) -> JSON {
        [
            "username": .string(row.username),
            "owner": .string(row.displayName.isEmpty ? row.username : row.displayName),
            "vaultId": .string("group:\(row.group)"), "groupId": .string(row.group),
            "role": .string(row.role.poolWord),
            "keyHint": key.map { .string("***" + $0.hint.suffix(4)) } ?? .null,
        ]
    }

    /// The group of the address, which whoever asks may manage.
    private static func managed(_ call: Call) throws -> String {
        let name = call.request.pathValues["group"] ?? ""
        let actor = try call.actor
        guard actor.role == .owner || actor.role == .admin && actor.account.group == name else {
            throw refused(.forbidden, "Forbidden")
        }
        guard try group(name, in: call) != nil else {
            throw refused(.notFound, "Group '\(name.prefix(100))' not found")
        }
        return name
    }

    /// A role that whoever asks may give.
    private static func granted(_ call: Call) throws -> Role? {
        guard let word = try call.value(role) else { return nil }
        guard let role = Role(word: word) else { throw refused(.badRequest, "Invalid role '\(word)'") }
        guard try call.actor.role.mayGrant(role) || role == .user else {
            throw refused(.forbidden, "superadmin role required")
        }
        return role
    }

    private static func checkedKey(_ text: String?) throws -> Secret? {
        guard let text else { return nil }
        guard !text.isEmpty else { throw refused(.badRequest, "key cannot be empty") }
        guard text.utf8.count >= shortestKey, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw refused(
                .badRequest,
                "key must have at least \(shortestKey) printable characters without blanks"
            )
        }
        return Secret(text)
    }

    private static func createUser(_ call: Call) throws -> JSON {
        try administrator(call, "Unauthorized")
        guard let name = try call.value(username), let secret = try call.value(password) else {
            throw refused(.badRequest, "username and password are required")
        }
        let role = try granted(call) ?? .user
        _ = try make(name, role: role, group: call.actor.account.group, key: checkedKey(secret), in: call)
        return [
            "ok": true, "username": .string(name),
            "vaultId": .string("group:\(try call.actor.account.group)"),
            "role": .string(role.poolWord),
        ]
    }

    private static func make(_ name: String, role: Role, group: String, key: Secret?, in call: Call) throws
        -> Secret
    {
        var row: AccountTable.Row
        do throws(AccountFault) {
            row = AccountTable.Row(username: try AccountRules.username(name))
        } catch {
            throw refused(.badRequest, error.problem)
        }
        (row.role, row.group, row.isUnlimited, row.created) = (role, group, true, call.console.now())
        row.displayName = try call.line(owner) ?? ""
        let (made, now) = (row, call.console.now())
        enum Made { case taken, keyTaken, done(Secret) }
        let outcome = try call.change(
            "account.create",
            of: "account \(name)",
            "role \(role.word), group \(group)"
        ) {
            tables throws(StoreError) -> Made? in
            if let key, try tables.keys.row(hash: KeyHash(key).text, now: now) != nil { return .keyTaken }
            guard let id = try tables.accounts.add(made) else { return .taken }
            guard
                let issued = try KeyIssue.issue(ApiKeyTable.Row(account: id), key: key, in: tables, now: now)
            else {
                return .keyTaken
            }
            return .done(issued.key)
        }
        switch outcome {
        case .done(let secret): return secret
        case .keyTaken: throw refused(.conflict, "This key is already assigned to another user")
        case .taken, nil: throw refused(.conflict, "User '\(name)' already exists")
        }
    }

    private static func groups(_ call: Call) throws -> JSON {
        let actor = try call.actor
        let (rows, counts) = try call.read { tables throws(StoreError) in
            var selection = AccountTable.Selection()
            selection.limit = 100_000
            let accounts = try tables.accounts.rows(selection).rows
            return (try tables.groups.all(), Dictionary(grouping: accounts, by: \.group).mapValues(\.count))
        }
        let shown = rows.filter { actor.role == .owner || $0.name == actor.account.group }
        return [
            "object": "list",
            "data": .array(
                shown.map { row in
                    [
                        "id": .string(row.name), "name": .string(row.title.isEmpty ? row.name : row.title),
                        "createdAt": JSON(row.created * 1_000), "legacy": false,
                        "memberCount": JSON(counts[row.name] ?? 0),
                    ]
                }
            ),
        ]
    }

    private static func createGroup(_ call: Call) throws -> JSON {
        guard try call.actor.role == .owner else { throw refused(.forbidden, "superadmin role required") }
        guard let title = try call.line(name), !title.isEmpty else {
            throw refused(.badRequest, "'name' is required")
        }
        let wanted = try call.value(id) ?? slug(title)
        guard (try? AccountRules.group(wanted)) != nil else {
            throw refused(
                .badRequest,
                "Invalid group id '\(wanted)': lowercase letters, digits, '-' and '_' only"
            )
        }
        guard try group(wanted, in: call) == nil else {
            throw refused(.conflict, "Group '\(wanted)' already exists")
        }
        let now = call.console.now()
        _ = try call.change("group.create", of: "group \(wanted)") { tables throws(StoreError) in
            try tables.groups.put(wanted, title: title, ratio: nil, now: now)
        }
        return ["ok": true, "id": .string(wanted), "name": .string(title), "seededFromByok": false]
    }

    private static func slug(_ title: String) -> String {
        let words = title.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return String(words.joined(separator: "-").prefix(64))
    }

    private static func deleteGroup(_ call: Call) throws -> JSON {
        guard try call.actor.role == .owner else { throw refused(.forbidden, "superadmin role required") }
        let name = try managed(call)
        guard name != "default" else { throw refused(.badRequest, "The legacy group cannot be deleted") }
        let members = try users(call).filter { $0.row.group == name }.map(\.row)
        guard members.isEmpty || call.query["force"] == "true" else {
            var refusal = refused(.conflict, "Group '\(name)' has members")
            refusal.more = ["members": .array(members.map { .string($0.username) })]
            throw refusal
        }
        guard !members.contains(where: { $0.role == .owner }) else {
            throw refused(.forbidden, "A superadmin is a member of this group")
        }
        _ = try call.change("group.delete", of: "group \(name)", "\(members.count) members") {
            tables throws(StoreError) in
            for member in members { try end(member, in: tables) }
            return try tables.groups.remove(name)
        }
        return ["ok": true, "deletedUsers": .array(members.map { .string($0.username) })]
    }

    private static func end(_ row: AccountTable.Row, in tables: StoreTables) throws(StoreError) {
        try tables.accounts.end(row.id)
    }

    private static func addMember(_ call: Call) throws -> JSON {
        let group = try managed(call)
        guard let name = try call.value(username), !name.isEmpty else {
            throw refused(.badRequest, "'username' is required")
        }
        let role = try granted(call) ?? .user
        let secret = try make(name, role: role, group: group, key: checkedKey(call.value(key)), in: call)
        return [
            "ok": true, "username": .string(name), "groupId": .string(group), "role": .string(role.poolWord),
            "key": .string(secret.revealed),
        ]
    }

    /// A member of the address's group whom whoever asks may change.
    private static func member(_ call: Call) throws -> AccountTable.Row {
        let group = try managed(call)
        let name = call.request.pathValues["username"] ?? ""
        guard
            let row = try users(call).first(where: { $0.row.username == name && $0.row.group == group })?.row
        else {
            throw refused(.notFound, "User '\(name.prefix(100))' not found in this group")
        }
        return row
    }

    private static func changeMember(_ call: Call) throws -> JSON {
        let row = try member(call)
        let actor = try call.actor
        guard actor.role.mayManage(row.role) || row.id == actor.account.id else {
            throw refused(.forbidden, "Forbidden")
        }
        let role = try granted(call)
        guard role == nil || row.id != actor.account.id else { throw refused(.forbidden, "Forbidden") }
        let title = try call.line(owner)
        let given = try checkedKey(call.value(key))
        let secret = try given ?? (call.value(regenerate) == true ? KeyIssuer.make() : nil)
        let now = call.console.now()
        let detail = "role \((role ?? row.role).word)"
        let isDone = try call.change("account.update", of: "account \(row.username)", detail) {
            tables throws(StoreError) -> Bool? in
            if let secret {
                if try tables.keys.isTaken(hash: KeyHash(secret).text) { return nil }
                for old in try tables.keys.rows(of: row.id, limit: 1_000).rows {
                    try tables.keys.change(old.id) { key throws(StoreError) in key.status = .deleted }
                }
                _ = try KeyIssue.issue(ApiKeyTable.Row(account: row.id), key: secret, in: tables, now: now)
            }
            try tables.accounts.change(row.id) { account throws(StoreError) in
                account.displayName = title ?? account.displayName
                guard let role else { return }
                account.role = role
                account.sessionVersion += 1
            }
            return true
        }
        guard isDone != nil else { throw refused(.conflict, "This key is already assigned to another user") }
        var answer: JSONObject = [
            "ok": true, "username": .string(row.username), "groupId": .string(row.group),
            "role": .string((role ?? row.role).poolWord),
        ]
        if let secret { answer["key"] = .string(secret.revealed) }
        return .object(answer)
    }

    private static func deleteMember(_ call: Call) throws -> JSON {
        let row = try member(call)
        let actor = try call.actor
        guard row.id != actor.account.id else {
            throw refused(.badRequest, "You cannot delete your own account")
        }
        guard actor.role.mayManage(row.role) else { throw refused(.forbidden, "Forbidden") }
        let isDone = try call.change("account.delete", of: "account \(row.username)") {
            tables throws(StoreError) -> Bool? in
            if row.role == .owner, try tables.accounts.owners() < 2 { return nil }
            try end(row, in: tables)
            return true
        }
        guard isDone != nil else { throw refused(.forbidden, "This is the only superadmin") }
        return ["ok": true, "deleted": .string(row.username)]
    }
}
