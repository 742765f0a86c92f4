import Foundation
import MartletCore
import Testing

@testable import MartletProviders

/// A golden file: what a vendor sends, what it means, and what the client reads.
///
/// Sections begin with a line of three dashes and a name: `type` (content type), `upstream`, `events`, `client`.
/// `upstream crlf` sends CR LF at every line's end.
struct Exchange: CustomTestStringConvertible, Sendable {
    let name: String
    let contentType: String?
    let upstream: [UInt8]
    let events: [String]
    let client: String?
    let sections: [String: String]

    var testDescription: String { name }

    static func all(of vendor: String) -> [Exchange] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../Fixtures/\(vendor)"
        )
        let files =
            (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "exchange" }
            .sorted { $0.path < $1.path }
            .compactMap { file in
                (try? String(contentsOf: file, encoding: .utf8)).map {
                    Exchange(name: file.deletingPathExtension().lastPathComponent, text: $0)
                }
            }
    }

    private init(name: String, text: String) {
        self.name = name
        var sections: [String: String] = [:]
        var current = ""
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("--- ") {
                current = String(line.dropFirst(4))
                sections[current] = ""
            } else {
                sections[current, default: ""] += line + "\n"
            }
        }
        contentType = sections["type"]?.trimmingCharacters(in: .whitespacesAndNewlines)
        let crlf = sections["upstream crlf"]?.replacingOccurrences(of: "\n", with: "\r\n")
        upstream = Array((crlf ?? sections["upstream"] ?? "").utf8)
        events = (sections["events"] ?? "").split(separator: "\n").map(String.init)
        client = sections["client"]
        self.sections = sections
    }
}

/// Events as golden files write them; neighbouring texts are joined, for their borders may depend on the cuts.
func describe(_ events: [ChatEvent], failure: UpstreamFailure? = nil) -> [String] {
    var lines: [String] = []
    var text: String?
    func endText() {
        if let piece = text {
            lines.append("text " + String(decoding: JSON.string(piece).serialized(), as: UTF8.self))
        }
        text = nil
    }
    for event in events {
        switch event {
        case .text(let piece): text = (text ?? "") + piece
        case .toolCall(let call):
            endText()
            lines.append("tool call \(call.name) \(call.arguments)")
        case .usage(let usage):
            endText()
            lines.append("usage \(usage.input.value) \(usage.output.value)")
        case .finished(let reason):
            endText()
            lines.append("finished \(reason)")
        case .choice, .choiceFinished, .refusal, .reasoning, .reasoningSignature, .redactedReasoning,
            .arguments,
            .media, .logProbabilities, .carried:
            endText()
            lines.append("\(event)")
        }
    }
    endText()
    if let failure { lines.append("failure \(failure.kind) \(failure.code ?? "-")") }
    return lines
}
