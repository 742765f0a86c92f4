import CMemory
import Glibc

/// Numbers that all processes see which have mapped the same file.
///
/// They begin at zero and are lost with the file. Safe from any thread and any process.
public final class SharedWords: Sendable {
    /// How many numbers there are.
    public let count: Int
    /// The first word's address.
    ///
    /// A number, for a pointer is not `Sendable`; the mapping lives as long as this object.
    private let address: UInt

    /// Maps a file, and makes it where it is missing.
    ///
    /// A file on another machine's disk is seen by the processes of this machine alone. Nil where the file cannot be made
    /// or mapped.
    ///
    /// - Parameters:
    ///   - path: where the file is or will be; its folder must exist.
    ///   - count: how many numbers.
    public init?(path: String, count: Int) {
        let size = count * MemoryLayout<UInt64>.stride
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // A file that another process makes longer at this moment becomes no shorter by this.
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return nil }
        if facts.st_size < size, ftruncate(descriptor, size) != 0 { return nil }
        guard let mapping = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            mapping != MAP_FAILED
        else { return nil }
        self.count = count
        address = UInt(bitPattern: mapping)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(bitPattern: address), count * MemoryLayout<UInt64>.stride)
    }

    /// One of the numbers.
    public func load(_ index: Int) -> UInt64 {
        word(index).map { martlet_word_load($0) } ?? 0
    }

    /// Sets one of the numbers.
    public func store(_ value: UInt64, at index: Int) {
        if let word = word(index) { martlet_word_store(word, value) }
    }

    /// Adds to one of the numbers, and returns what it was.
    @discardableResult
    public func add(_ value: UInt64, at index: Int) -> UInt64 {
        word(index).map { martlet_word_add($0, value) } ?? 0
    }

    private func word(_ index: Int) -> UnsafeMutablePointer<UInt64>? {
        precondition((0..<count).contains(index))
        return UnsafeMutablePointer(bitPattern: address).map { $0 + index }
    }
}
