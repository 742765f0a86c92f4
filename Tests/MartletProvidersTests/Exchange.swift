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
    func quoted(_ text: String) -> String {
        String(decoding: JSON.string(text).serialized(), as: UTF8.self)
    }
    for event in events {
        if case .text(let piece) = event {
            text = (text ?? "") + piece
            continue
        }
        endText()
        switch event {
        case .text: break
        case .toolCall(let call):
            let sealed = call.signature.map { " sealed by \($0.maker): \($0.text)" } ?? ""
            lines.append("tool call \(call.name) \(call.arguments)\(sealed)")
        case .arguments(let piece): lines.append("arguments \(quoted(piece))")
        case .reasoning(let piece): lines.append("reasoning \(quoted(piece))")
        case .reasoningSignature(let signature): lines.append("seal of \(signature.maker): \(signature.text)")
        case .redactedReasoning(let redacted): lines.append("redacted reasoning \(redacted)")
        case .refusal(let piece): lines.append("refusal \(quoted(piece))")
        case .choice(let number): lines.append("choice \(number)")
        case .media(let media): lines.append("media \(media.kind) \(media.claimedType ?? "-")")
        case .logProbabilities(let tokens): lines.append("probabilities of \(tokens.count)")
        case .carried(let members):
            lines.append("carried \(String(decoding: JSON.object(members).serialized(), as: UTF8.self))")
        case .usage(let usage): lines.append(describe(usage))
        case .choiceFinished(let reason): lines.append("choice finished \(reason)")
        case .finished(let reason): lines.append("finished \(reason)")
        }
    }
    endText()
    if let failure { lines.append("failure \(failure.kind) \(failure.code ?? "-")") }
    return lines
}

/// All of a usage, and of which kind some of it was.
private func describe(_ usage: TokenUsage) -> String {
    let kinds = [
        ("cached", usage.cachedInput), ("written", usage.cacheWrite), ("for an hour", usage.hourCacheWrite),
        ("heard", usage.audioInput), ("thought", usage.reasoning), ("spoken", usage.audioOutput),
        ("painted", usage.imageOutput),
    ].filter { $0.1 > 0 }.map { " \($0.0) \($0.1.value)" }
    return "usage \(usage.input.value) \(usage.output.value)" + kinds.joined()
}
