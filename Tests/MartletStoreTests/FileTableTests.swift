import MartletTesting
import SQL
import Testing

@testable import MartletStore

@Suite struct `The tables of files` {
    private let folder = TemporaryFolder()
    private var store: Store { Store(path: folder.path + "/martlet.db") }

    private func file(_ id: String, owner: String = "anna", created: Int = 1, expires: Int = 100)
        -> FileTable.Row
    {
        FileTable.Row(
            id: id,
            owner: owner,
            name: "Größe.pdf",
            purpose: id.hasPrefix("v") ? "vision" : "user_data",
            type: "application/pdf",
            size: 5,
            created: created,
            expires: expires,
            assetPath: "documents/\(id)",
            assetID: id == "a" ? nil : "id-\(id)"
        )
    }

    private func add(_ rows: FileTable.Row..., to store: Store) throws {
        for row in rows {
            try store.write { tables throws(StoreError) in
                try tables.files.add(row)
                try tables.files.add([1, 2, 3], as: 0, of: row.id)
                try tables.files.add([4, 5], as: 1, of: row.id)
            }
        }
    }

    private func names(_ store: Store, _ selection: FileTable.Selection, now: Int = 50) throws -> [String] {
        try store.read { tables throws(StoreError) in
            try tables.files.rows(owner: "anna", selection, now: now).map(\.id)
        }
    }

    @Test func `a file is found by its owner alone, and not beyond its time`() throws {
        let store = store
        try add(file("a"), to: store)
        for (owner, now, isFound) in [("anna", 99, true), ("anna", 100, false), ("bert", 50, false)] {
            let found = try store.read { tables throws(StoreError) in
                try tables.files.row(id: "a", owner: owner, now: now)
            }
            #expect(found == (isFound ? file("a") : nil))
        }
    }

    @Test func `content comes back in pieces`() throws {
        let store = store
        try add(file("a"), to: store)
        let pieces = try store.read { tables throws(StoreError) in
            [
                try tables.files.piece(0, of: "a"), try tables.files.piece(1, of: "a"),
                try tables.files.piece(2, of: "a"), try tables.files.piece(0, of: "b"),
            ]
        }
        #expect(pieces == [[1, 2, 3], [4, 5], nil, nil])
    }

    @Test func `files are listed by their age in either direction, from any place`() throws {
        let store = store
        try add(
            file("c", created: 2),
            file("a", created: 1),
            file("v1", created: 3),
            file("b", created: 2),
            file("x", owner: "bert", created: 2),
            file("old", created: 2, expires: 20),
            to: store
        )
        var selection = FileTable.Selection(purpose: nil, after: nil, isAscending: true, limit: 10)
        #expect(try names(store, selection) == ["a", "b", "c", "v1"])
        selection.after = file("b", created: 2)
        #expect(try names(store, selection) == ["c", "v1"])
        selection.isAscending = false
        #expect(try names(store, selection) == ["a"])
        selection.after = nil
        #expect(try names(store, selection) == ["v1", "c", "b", "a"])
        selection.limit = 2
        #expect(try names(store, selection) == ["v1", "c"])
        selection.purpose = "user_data"
        #expect(try names(store, selection) == ["c", "b"])
    }

    @Test func `only living files of the owner count for the quota`() throws {
        let store = store
        try add(file("a"), file("b"), file("x", owner: "bert"), file("old", expires: 20), to: store)
        let size = try store.read { tables throws(StoreError) in try tables.files.size(owner: "anna", now: 50)
        }
        #expect(size == 10)
    }

    @Test func `a file is removed with its content, by its owner alone`() throws {
        let store = store
        try add(file("a"), to: store)
        let removed = try store.write { tables throws(StoreError) in
            [
                try tables.files.remove(id: "a", owner: "bert"),
                try tables.files.remove(id: "a", owner: "anna"),
                try tables.files.remove(id: "a", owner: "anna"),
            ]
        }
        #expect(removed == [false, true, false])
        let piece = try store.read { tables throws(StoreError) in try tables.files.piece(0, of: "a") }
        #expect(piece == nil)
    }

    @Test func `the housekeeper deletes what has expired, content included`() throws {
        let store = store
        try add(file("a"), file("b", expires: 60), file("c", expires: 60), to: store)
        try store.write { tables throws(StoreError) in
            try tables.assets.put(AssetTable.Row(path: "p", id: nil), owner: "anna", digest: "x", expires: 60)
            try tables.assets.put(AssetTable.Row(path: "q", id: "i"), owner: "anna", digest: "y", expires: 61)
        }
        #expect(try store.housekeep(now: 60))
        let left = try store.read { tables throws(StoreError) in
            (
                try tables.files.piece(0, of: "a") != nil, try tables.files.piece(0, of: "b") != nil,
                try tables.assets.row(owner: "anna", digest: "x", now: 0),
                try tables.assets.row(owner: "anna", digest: "y", now: 0)
            )
        }
        #expect(left.0)
        #expect(!left.1)
        #expect(left.2 == nil)
        #expect(left.3 == AssetTable.Row(path: "q", id: "i"))
    }

    @Test func `an asset is known to its owner until it expires, and a newer one takes its place`() throws {
        let store = store
        for (path, expires) in [("old", 50), ("new", 100)] {
            try store.write { tables throws(StoreError) in
                try tables.assets.put(
                    AssetTable.Row(path: path, id: nil),
                    owner: "anna",
                    digest: "x",
                    expires: expires
                )
            }
        }
        for (owner, now, path) in [("anna", 99, "new" as String?), ("anna", 100, nil), ("bert", 1, nil)] {
            let row = try store.read { tables throws(StoreError) in
                try tables.assets.row(owner: owner, digest: "x", now: now)
            }
            #expect(row?.path == path)
        }
    }

    @Test func `an upload is one process's until it ends or its time is over`() throws {
        let store = store
        func claim(_ now: Int, owner: String = "anna") throws -> Bool {
            try store.write { tables throws(StoreError) in
                try tables.assets.claim(owner: owner, digest: "x", now: now, until: now + 60)
            }
        }
        func known(_ now: Int) throws -> AssetTable.Row? {
            try store.read { tables throws(StoreError) in
                try tables.assets.row(owner: "anna", digest: "x", now: now)
            }
        }
        #expect(try claim(10))
        #expect(try !claim(20))
        #expect(try claim(20, owner: "bert"))
        #expect(try known(20) == nil)
        #expect(try claim(70))
        try store.write { tables throws(StoreError) in
            try tables.assets.remove(owner: "anna", digest: "x")
        }
        #expect(try claim(71))
        try store.write { tables throws(StoreError) in
            let row = AssetTable.Row(path: "p", id: nil)
            try tables.assets.put(row, owner: "anna", digest: "x", expires: 500)
        }
        #expect(try !claim(200))
        #expect(try known(200)?.path == "p")
        #expect(try claim(500))
    }
}
