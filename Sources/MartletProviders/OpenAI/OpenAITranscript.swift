public import MartletCore

/// Writes the answer of `/v1/audio/transcriptions` and `/v1/audio/translations`.
///
/// Source: OpenAI's API reference, the transcription objects (2026-10); SubRip as its players read it; WebVTT.
public enum OpenAITranscript {
    /// An answer's bytes and their content type.
    public struct Encoded: Sendable, Equatable {
        /// The body.
        public var bytes: [UInt8]
        /// What it is.
        public var contentType: String
    }

    /// Writes a transcript in the form that was asked for.
    ///
    /// `seconds` is the length of the sound where it is known.
    ///
    /// - Throws: `UpstreamFailure` when times are wanted and the vendor gave none.
    public static func encode(
        _ transcript: Transcript,
        for request: TranscriptionRequest,
        seconds: Double?
    ) throws(UpstreamFailure) -> Encoded {
        switch request.format {
        case .json:
            var object: JSONObject = ["text": .string(transcript.text)]
            if let usage = transcript.usage, !request.isTranslation { object["usage"] = tokens(usage) }
            return Encoded(bytes: JSON.object(object).serialized(), contentType: "application/json")
        case .verboseJSON:
            return Encoded(
                bytes: verbose(transcript, for: request, seconds: seconds).serialized(),
                contentType: "application/json"
            )
        case .text:
            return text(transcript.text + "\n", "text/plain")
        case .srt:
            return text(try subtitles(transcript, isWeb: false), "text/plain")
        case .vtt:
            return text(try subtitles(transcript, isWeb: true), "text/vtt")
        }
    }

    private static func text(_ text: String, _ type: String) -> Encoded {
        Encoded(bytes: Array(text.utf8), contentType: type + "; charset=utf-8")
    }

    private static func tokens(_ usage: TokenUsage) -> JSON {
        [
            "type": "tokens", "input_tokens": JSON(usage.input.value),
            "output_tokens": JSON(usage.output.value),
            "total_tokens": JSON(usage.total.value),
        ]
    }

    private static func verbose(
        _ transcript: Transcript,
        for request: TranscriptionRequest,
        seconds: Double?
    ) -> JSON {
        let details = transcript.details ?? [:]
        let segments = (details["segments"]?.arrayValue ?? []).enumerated().map(segment)
        let last = segments.last?["end"]?.doubleValue
        let duration = number(details["duration"]) ?? last ?? seconds ?? 0
        let language =
            details["language"]?.stringValue ?? (request.isTranslation ? "english" : request.language)
        var object: JSONObject = [
            "language": .string(language ?? ""), "duration": JSON(duration), "text": .string(transcript.text),
            "segments": .array(segments),
        ]
        let words = (details["words"]?.arrayValue ?? []).compactMap(word)
        // OpenAI's object for translations has neither.
        guard !request.isTranslation else { return .object(object) }
        if !words.isEmpty { object["words"] = .array(words) }
        object["usage"] = ["type": "duration", "seconds": JSON(duration.rounded(.up))]
        return .object(object)
    }

    /// A segment with every member that OpenAI's has.
    private static func segment(_ index: Int, _ given: JSON) -> JSON {
        func value(_ key: String) -> JSON { JSON(number(given[key]) ?? 0) }
        return [
            "id": JSON(index), "seek": JSON(given["seek"]?.intValue ?? 0), "start": value("start"),
            "end": value("end"), "text": .string(given["text"]?.stringValue ?? ""),
            "tokens": .array((given["tokens"]?.arrayValue ?? []).filter { $0.intValue != nil }),
            "temperature": value("temperature"), "avg_logprob": value("avg_logprob"),
            "compression_ratio": value("compression_ratio"), "no_speech_prob": value("no_speech_prob"),
        ]
    }

    private static func word(_ given: JSON) -> JSON? {
        guard let text = given["word"]?.stringValue, let start = number(given["start"]),
            let end = number(given["end"])
        else { return nil }
        return ["word": .string(text), "start": JSON(start), "end": JSON(end)]
    }

    /// The vendor's own subtitles, or ones made of its segments.
    private static func subtitles(_ transcript: Transcript, isWeb: Bool) throws(UpstreamFailure) -> String {
        if let segments = transcript.details?["segments"]?.arrayValue, !segments.isEmpty {
            let cues = segments.enumerated().map { index, segment in
                let times = [segment["start"], segment["end"]].map { time(number($0) ?? 0, isWeb: isWeb) }
                let words = segment["text"]?.stringValue ?? ""
                return (isWeb ? "" : "\(index + 1)\n") + "\(times[0]) --> \(times[1])\n\(words)\n\n"
            }
            return (isWeb ? "WEBVTT\n\n" : "") + cues.joined()
        }
        let isVTT = transcript.text.hasPrefix("WEBVTT")
        guard transcript.text.contains("-->"), isVTT == isWeb else {
            throw UpstreamFailure(
                .serverFailed,
                text: "It gave no times for this sound. Ask for 'json' or 'text' instead."
            )
        }
        return transcript.text
    }

    /// Seconds as `00:00:01,500`, or with a point.
    private static func time(_ seconds: Double, isWeb: Bool) -> String {
        let milliseconds = Int(min(max(seconds, 0), 360_000) * 1_000)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let (minutes, hours) = (milliseconds / 60_000 % 60, milliseconds / 3_600_000)
        return "\(digits(hours, 2)):\(digits(minutes, 2)):\(digits(milliseconds / 1_000 % 60, 2))"
            + (isWeb ? "." : ",") + digits(milliseconds % 1_000, 3)
    }

    private static func number(_ value: JSON?) -> Double? {
        value?.doubleValue.flatMap { $0.isFinite ? $0 : nil }
    }
}
