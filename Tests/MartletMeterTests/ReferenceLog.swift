/// The plainest rate limiter there is: a list of everything that was ever admitted.
struct ReferenceLog {
    private static let length: Int64 = 60_000_000_000
    private var admitted: [(time: Int64, amount: Int)] = []
    /// How much is allowed in any 60 seconds.
    let limit: Int

    /// Nothing admitted yet.
    init(limit: Int) {
        self.limit = limit
    }

    /// What counts at a moment.
    func used(at time: Int64) -> Int {
        admitted.reversed().prefix { $0.time > time - Self.length }.reduce(0) { $0 + $1.amount }
    }

    /// Whether so much more fits.
    func fits(_ amount: Int, at time: Int64) -> Bool {
        used(at: time) + amount <= limit
    }

    /// Writes an admission down.
    mutating func record(_ amount: Int, at time: Int64) {
        admitted.append((time, amount))
    }

    /// The most that was admitted in any 60 seconds: every such interval that matters ends with an admission.
    var most: Int {
        var most = 0
        var sum = 0
        var first = 0
        for last in admitted {
            sum += last.amount
            while admitted[first].time <= last.time - Self.length {
                sum -= admitted[first].amount
                first += 1
            }
            most = max(most, sum)
        }
        return most
    }
}
