import Foundation
import Logging
import MartletCore
import Testing

@testable import martlet

@Suite struct `The log` {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "martlet-log-\(UUID().uuidString)"
    )

    private func file() throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.appending(path: "log").path
    }

    private func lines(_ path: String) throws -> [JSON] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try text.split(separator: "\n").map { try JSON.parse(String($0)) }
    }

    @Test func `writes each event as one line of JSON, with numbers as numbers`() throws {
        let path = try file()
        let queue = try LogQueue(path: path)
        let logger = Logger.martlet(level: "info", queue: queue)
        logger.info(
            "two\nlines",
            metadata: [
                "status": .stringConvertible(200), "ratio": .stringConvertible(0.5), "id": .string("200"),
            ]
        )
        logger.debug("not at this level")
        queue.flush()
        let line = try #require(try lines(path).first)
        #expect(try lines(path).count == 1)
        #expect(line["message"]?.stringValue == "two\nlines")
        #expect(line["status"]?.intValue == 200)
        #expect(line["ratio"]?.doubleValue == 0.5)
        #expect(line["id"]?.stringValue == "200")
    }

    @Test func `begins each line with the time and the process`() throws {
        let path = try file()
        let queue = try LogQueue(path: path)
        let before = Date(timeIntervalSinceNow: -0.001)
        Logger.martlet(level: "info", queue: queue).info("now")
        queue.flush()
        let line = try #require(try lines(path).first)
        let time = try #require(line["time"]?.stringValue)
        #expect(time.count == 24)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let date = try style.parse(time)
        #expect(date >= before && date <= Date())
        #expect(line["process"]?.intValue == Int(getpid()))
    }

    @Test func `keeps every line below 4,096 bytes`() throws {
        let path = try file()
        let queue = try LogQueue(path: path)
        var metadata: Logger.Metadata = [:]
        for number in 0..<50 { metadata["key\(number)"] = .string(String(repeating: "ü\"\u{1}", count: 400)) }
        Logger.martlet(level: "info", queue: queue).info("long", metadata: metadata)
        queue.flush()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.utf8.count <= 4_096)
        #expect(try lines(path).count == 1)
    }

    @Test func `never shows a secret`() throws {
        let path = try file()
        let queue = try LogQueue(path: path)
        let secret = Secret("hidden-key")
        Logger.martlet(level: "debug", queue: queue).info(
            "\(secret)",
            metadata: ["key": .stringConvertible(secret)]
        )
        queue.flush()
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("hidden") == false)
    }

    @Test func `does not stop anybody when nobody takes its lines, and says how many were lost`() throws {
        let path = try file()
        #expect(mkfifo(path, 0o600) == 0)
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let queue = try LogQueue(path: path)
        let line = [UInt8](repeating: 0x61, count: 999) + [0x0a]
        // Far more than the pipe and the queue hold together.
        for _ in 0..<4_000 { queue.add(line) }
        var received: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        for _ in 0..<2_000 where !String(decoding: received, as: UTF8.self).contains("log lines dropped") {
            let count = read(reader, &piece, piece.count)
            if count > 0 { received = received.suffix(1_000) + piece[..<count] } else { usleep(5_000) }
        }
        #expect(
            String(decoding: received, as: UTF8.self).contains(#""message":"log lines dropped","count":"#)
        )
    }
}
