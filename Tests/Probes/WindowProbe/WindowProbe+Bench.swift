import Glibc
import MartletCore

extension WindowProbe {
    /// Prints how long a check takes while `processes` processes do nothing else.
    static func bench(_ folder: String, _ processes: Int, count: Int) {
        let start = BootClock().now.nanoseconds + 300_000_000
        let outputs = (0..<processes).compactMap { _ in
            popen("/proc/\(getpid())/exe measure '\(folder)' \(count) \(start)", "r")
        }
        var taken: [Int64] = []
        for output in outputs {
            taken += numbers(from: output)
            pclose(output)
        }
        guard !taken.isEmpty else { return print("\(processes) processes: nothing measured") }
        taken.sort()
        let seconds = Double(taken.reduce(0, +)) / Double(processes) / 1e9
        func microseconds(_ share: Double) -> Double {
            Double(taken[Int(Double(taken.count - 1) * share)]) / 1_000
        }
        print(
            "\(processes) processes: median \(microseconds(0.5)) µs, p99 \(microseconds(0.99)) µs,",
            "max \(microseconds(1)) µs, \(Int(Double(taken.count) / seconds)) checks/s"
        )
    }

    private static func numbers(from file: UnsafeMutablePointer<FILE>) -> [Int64] {
        var found: [Int64] = []
        var line = [CChar](repeating: 0, count: 64)
        while fgets(&line, CInt(line.count), file) != nil { found.append(Int64(atoll(line))) }
        return found
    }
}
