import CSQLite

/// How SQLite keeps a transaction undoable.
enum SQLiteJournal: Equatable {
    /// A write-ahead log: readers and the writer do not wait for each other. Needs memory shared by all
    /// processes.
    case writeAheadLog
    /// A rollback journal: works wherever file locks do.
    case rollback

    /// The journal that works on the file system that holds `path`.
    ///
    /// A write-ahead log needs `mmap` to be coherent between all users, which no network file system offers
    /// (https://www.sqlite.org/wal.html); one in user space might be anything.
    static func suiting(path: String) -> Self {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) + "/" } ?? "."
        return suiting(fileSystemType: martlet_file_system_type(folder))
    }

    /// The journal that works on a file system of a type, as `statfs(2)` numbers them.
    static func suiting(fileSystemType: UInt32) -> Self {
        remote.contains(fileSystemType) ? .rollback : .writeAheadLog
    }

    private static let remote: Set<UInt32> = [
        0x6969,  // NFS
        0x517B, 0xFF53_4D42, 0xFE53_4D42,  // SMB, CIFS, SMB2
        0x6573_5546,  // FUSE: sshfs, GlusterFS, virtiofs
        0x0102_1997,  // 9P
        0x00C3_6400,  // Ceph
        0x0BD0_0BD0,  // Lustre
        0x5346_414F, 0x6B41_4653,  // AFS
        0x7375_7245,  // Coda
        0x564C,  // NCP
        0x0116_1970, 0x7461_636F,  // GFS2, OCFS2
    ]
}
