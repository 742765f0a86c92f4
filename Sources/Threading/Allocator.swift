import CMemory

/// How the C library hands out memory, set for hundreds of threads with short bursts of small objects.
///
/// Source: mallopt(3).
public enum Allocator {
    /// Sets it; before the threads start.
    public static func configure() {
        // The list of fast chunks is swept whenever something large is freed, which is at every request.
        mallopt(M_MXFAST, 0)
        // Growing and shrinking by a page at a time would be a system call each.
        mallopt(M_TOP_PAD, 256 << 10)
        mallopt(M_TRIM_THRESHOLD, 1 << 20)
        mallopt(M_MMAP_THRESHOLD, 256 << 10)
    }

    /// What has to be said before a program starts, in a variable of its environment: of freed pieces threads keep two of
    /// each size up to 128 bytes for themselves, not seven of each up to a kilobyte.
    ///
    /// With a thousand threads that wait, what they keep is a tenth of all memory, grows with every size that was ever
    /// asked for, and is cold when it is used again. Source: the C library's manual, "Memory Allocation Tunables".
    public static let variable = (
        name: "GLIBC_TUNABLES", value: "glibc.malloc.tcache_count=2:glibc.malloc.tcache_max=128"
    )

    /// Gives memory that nobody uses back to the system, if it is more than `limit` bytes.
    ///
    /// A burst of requests leaves holes everywhere, and the C library gives back only what lies at an end. It
    /// takes some milliseconds, during which other threads may wait for memory.
    public static func giveBack(above limit: Int) {
        if mallinfo2().fordblks > limit { malloc_trim(0) }
    }
}
