import Glibc
import MartletCore
import MartletMeter
import MartletStore

/// One process of several that use the same windows database: started by tests, and by hand to measure.
@main
enum WindowProbe {
    private static let usage = """
        usage: WindowProbe hammer FOLDER LIMIT ATTEMPTS   prints how many attempts were admitted
               WindowProbe stream FOLDER LIMIT            writes a byte per admission until it is killed
               WindowProbe cramped FOLDER BYTES           no file may grow beyond BYTES, then it may
               WindowProbe forbidden FOLDER               may only read the database, then may write it
               WindowProbe bench FOLDER COUNT             measures 1, 4 and 8 processes with COUNT checks each
               WindowProbe measure FOLDER COUNT START     one of them; prints nanoseconds

        """

    /// Does what the first argument says.
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard let mode = arguments.first, let folder = arguments.dropFirst().first else { return fail(usage) }
        let numbers = arguments.dropFirst(2).compactMap(Int.init)
        let limiter = RateLimiter(store: WindowStore(folder: folder, busyLimit: .seconds(20)))
        do {
            switch (mode, numbers.count) {
            case ("hammer", 2): try hammer(limiter, limit: numbers[0], attempts: numbers[1])
            case ("stream", 1): try stream(limiter, limit: numbers[0])
            case ("cramped", 1): try cramp(limiter, bytes: numbers[0])
            case ("forbidden", 0): try meetReadOnlyFile(folder)
            case ("bench", 1): for processes in [1, 4, 8] { bench(folder, processes, count: numbers[0]) }
            case ("measure", 2): try measure(limiter, count: numbers[0], start: numbers[1])
            default: fail(usage)
            }
        } catch {
            fail("\(error)\n")
        }
    }

    private static func hammer(_ limiter: RateLimiter, limit: Int, attempts: Int) throws {
        let demand = LimitDemand(LimitSubject(.key, "shared"), RateRule(requestsPerMinute: limit))
        var admitted = 0
        for _ in 0..<attempts {
            if case .admitted = try limiter.admit([demand]) { admitted += 1 }
        }
        print(admitted)
    }

    private static func stream(_ limiter: RateLimiter, limit: Int) throws {
        let demand = LimitDemand(LimitSubject(.key, "shared"), RateRule(requestsPerMinute: limit))
        while case .admitted = try limiter.admit([demand]) {
            guard write(STDOUT_FILENO, ".", 1) == 1 else { return }
        }
    }

    /// No file may grow beyond a size, as on a full disk; then it may.
    private static func cramp(_ limiter: RateLimiter, bytes: Int) throws {
        signal(SIGXFSZ, SIG_IGN)
        setFileSizeLimit(bytes)
        let policy = RateLimitPolicy(limiter, onFailure: .open) { error in print("log \(error)") }
        let rule = RateRule(requestsPerMinute: 60)
        let last = LimitDemand(LimitSubject(.key, "last"), rule)
        for number in 0..<200 {
            let demand = LimitDemand(LimitSubject(.key, "\(number)"), rule)
            guard case .admitted = try policy.admit([demand]) else { return print("refused") }
        }
        var counted = 0
        if case .admitted(_, let states) = try policy.admit([last]) { counted = states.count }
        print("cramped \(counted)")
        setFileSizeLimit(Int(Int32.max))
        if case .admitted(_, let states) = try policy.admit([last]) { counted = states.count }
        print("roomy \(counted)")
    }

    /// The database may be read but not written, then it may.
    private static func meetReadOnlyFile(_ folder: String) throws {
        let demand = LimitDemand(LimitSubject(.key, "k"), RateRule(requestsPerMinute: 60))
        _ = try RateLimiter(store: WindowStore(folder: folder)).admit([demand])
        setPermissions(of: folder, database: 0o444)
        let limiter = RateLimiter(store: WindowStore(folder: folder))
        let policy = RateLimitPolicy(limiter, onFailure: .open) { error in print("log \(error)") }
        func report(_ word: String) throws {
            if case .admitted(_, let states) = try policy.admit([demand]) { print(word, states.count) }
        }
        try report("forbidden")
        setPermissions(of: folder, database: 0o666)
        try report("allowed")
    }

    /// The superuser may write whatever the permissions are, so that it has to be somebody else meanwhile.
    private static func setPermissions(of folder: String, database: mode_t) {
        let nobody: uid_t = 65_534
        if getuid() == 0 { seteuid(0) }
        defer { if getuid() == 0 { seteuid(nobody) } }
        chmod(folder, 0o777)
        var found = glob_t()
        defer { globfree(&found) }
        glob(folder + "/*", 0, nil, &found)
        for path in UnsafeBufferPointer(start: found.gl_pathv, count: Int(found.gl_pathc)) {
            guard let path else { continue }
            chmod(path, String(cString: path).hasSuffix(".db") ? database : 0o666)
        }
    }

    private static func setFileSizeLimit(_ bytes: Int) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(1), &limit)
        limit.rlim_cur = rlim_t(bytes)
        setrlimit(__rlimit_resource_t(1), &limit)
    }

    private static func measure(_ limiter: RateLimiter, count: Int, start: Int) throws {
        let clock = BootClock()
        let rule = RateRule(requestsPerMinute: 60, tokensPerMinute: 10_000)
        _ = try limiter.peek([LimitDemand(LimitSubject(.key, "warm"), rule)])
        while clock.now.nanoseconds < Int64(start) {}
        var taken: [Int64] = []
        taken.reserveCapacity(count)
        for number in 1...count {
            let demand = LimitDemand(LimitSubject(.key, "subject \(Int.random(in: 0..<5_000))"), rule)
            let before = clock.now.nanoseconds
            _ = try limiter.admit([demand], tokens: 20)
            taken.append(clock.now.nanoseconds - before)
            if number.isMultiple(of: 2_000) { try limiter.housekeep() }
        }
        print(taken.map(String.init).joined(separator: "\n"))
    }

    private static func fail(_ text: String) {
        _ = text.utf8CString.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
        exit(2)
    }
}
