internal import CTables

/// A range of bytes that is part of the program and lives as long as the process.
///
/// Keeps an address, not a pointer, so that values pass between threads. Safe from any thread: nobody writes there.
struct EmbeddedTable: Sendable {
    /// Where the bytes begin; 0 says that there are none.
    let address: UInt

    /// How many bytes there are.
    let size: Int

    /// The bytes.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: address == 0 ? 0 : size)
    }

    /// The table of a vocabulary.
    static func vocabulary(_ vocabulary: Vocabulary) -> EmbeddedTable {
        switch vocabulary {
        case .cl100k:
            EmbeddedTable(address: UInt(bitPattern: martlet_cl100k_base()), size: martlet_cl100k_base_size())
        case .o200k:
            EmbeddedTable(address: UInt(bitPattern: martlet_o200k_base()), size: martlet_o200k_base_size())
        }
    }

    /// The classes of all characters, see `CharacterClasses`.
    static var characterClasses: EmbeddedTable {
        EmbeddedTable(address: UInt(bitPattern: martlet_unicode()), size: martlet_unicode_size())
    }
}
