import Glibc
import MartletCore
import MartletMeter

// Counts texts for the checks against the reference tokenizer.
//
//     TokenProbe cl100k_base|o200k_base count     prints a count for each text
//     TokenProbe cl100k_base|o200k_base time 3    prints the nanoseconds of the best of 3 runs as well
//
// Texts come on standard input, each behind its length in bytes (8 bytes, little-endian).

/// Reads all of standard input.
func readInput() -> [UInt8] {
    var input: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let count = read(0, &part, part.count)
        if count <= 0 { return input }
        input += part[..<count]
    }
}

/// Cuts the input into texts.
func texts(_ input: [UInt8]) -> [String] {
    var texts: [String] = []
    var start = 0
    while start + 8 <= input.count {
        let length = (0..<8).reduce(0) { $0 | Int(input[start + $1]) << (8 * $1) }
        guard start + 8 + length <= input.count else { break }
        texts.append(String(decoding: input[(start + 8)..<(start + 8 + length)], as: UTF8.self))
        start += 8 + length
    }
    return texts
}

let arguments = CommandLine.arguments
let opening = ContinuousClock.now
guard arguments.count > 2, let vocabulary = Vocabulary(rawValue: arguments[1]),
    let counter = BytePairCounter(vocabulary)
else { exit(2) }
let opened = ContinuousClock.now - opening

let runs = arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1
for text in texts(readInput()) {
    var tokens: TokenCount = 0
    var best = Duration.seconds(3600)
    for _ in 0..<runs {
        let start = ContinuousClock.now
        tokens = counter.count(text)
        best = min(best, ContinuousClock.now - start)
    }
    print(arguments[2] == "time" ? "\(tokens.value) \(best / .nanoseconds(1))" : "\(tokens.value)")
}
if arguments[2] == "time" { print("opened \(opened / .nanoseconds(1))") }
