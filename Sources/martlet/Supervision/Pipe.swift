import Glibc

/// Two ends of a pipe, which no child process inherits unless it is handed one.
struct Pipe {
    /// The end to read from.
    let reading: CInt
    /// The end to write to.
    let writing: CInt

    /// A pipe that is open already.
    init(reading: CInt, writing: CInt) {
        self.reading = reading
        self.writing = writing
    }

    /// Opens a pipe; nil when descriptors have run out.
    ///
    /// Both descriptors are 10 or more, out of the way of those that a worker gets.
    init?() {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        let moved = ends.map { end in
            defer { close(end) }
            return fcntl(end, F_DUPFD_CLOEXEC, 10)
        }
        guard !moved.contains(-1) else { return nil }
        self.init(reading: moved[0], writing: moved[1])
    }
}
