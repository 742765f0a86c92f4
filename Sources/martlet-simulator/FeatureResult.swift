import Glibc
import HTTPTypes
import MartletCore
import MartletWeb

/// The good answer of one piece of work, in each form that was met.
struct FeatureResult {
    let type: String
    let model: String
    let fields: JSONObject
    /// Where the simulator itself is reached.
    let base: String
    let assets: AssetShelf

    /// What was asked, where that is a text.
    var text: String { (fields["prompt"] ?? fields["text"])?.stringValue ?? "" }

    /// Writes the answer: a sound as it is, anything else as a record.
    func write(_ scenario: Scenario, to writer: any ResponseWriter) throws {
        guard type == "TEXT_TO_SPEECH", !hasRecord(scenario) else {
            return try writer.send(record(scenario))
        }
        let sound = SampleMedia.sound(fields["response_format"]?.stringValue ?? "mp3")
        var head = HTTPResponse(status: .ok)
        head.headerFields[.contentType] = sound.type
        try writer.begin(head)
        for start in stride(from: 0, to: sound.bytes.count, by: 1_000) {
            try writer.write(Array(sound.bytes[start..<min(start + 1_000, sound.bytes.count)]))
            try writer.flush()
            if scenario == .slowSound { usleep(500_000) }
        }
    }

    private func hasRecord(_ scenario: Scenario) -> Bool {
        switch scenario {
        case .asJSON, .keys, .absolute, .asString, .failedResult, .noCredits, .innerResult, .redirectedResult,
            .goneResult:
            true
        default: false
        }
    }

    /// The account of the work.
    func record(_ scenario: Scenario) -> JSON {
        var status: JSON = "SUCCESS"
        var result = result(scenario)
        var link: JSON = .null
        switch scenario {
        case .failedResult: (result, status) = (["code": "UNSUPPORTED_MODEL"], "FAILED")
        case .noCredits: (result, status) = (["code": "INSUFFICIENT_CREDITS"], "FAILURE")
        default:
            let first = result.arrayValue?.first ?? result
            if scenario != .keys, isMedia, let key = first.stringValue, !key.contains("://") {
                link = .string("\(base)/asset/\(key)?X-Amz-Signature=0")
            }
        }
        let words = text.split(whereSeparator: \.isWhitespace).count
        let metadata: JSON = [
            "inputToken": .number(JSONNumber(words)), "outputToken": 100,
            "totalToken": .number(JSONNumber(words + 100)), "credit": 1,
        ]
        var record: JSONObject = [
            "uuid": .string(RandomText.alphanumeric(16)), "model": .string(model), "type": .string(type),
            "metadata": scenario == .noUsage ? .null : metadata, "status": status,
            "aiRecordDetail": ["promptObject": .object(fields), "resultObject": result],
        ]
        if !link.isNull { record["temporaryUrl"] = link }
        return ["aiRecord": .object(record)]
    }

    private var isMedia: Bool { type.hasPrefix("IMAGE_") || type == "TEXT_TO_SPEECH" }

    private func result(_ scenario: Scenario) -> JSON {
        switch type {
        case "SPEECH_TO_TEXT", "AUDIO_TRANSLATOR": return transcript(scenario)
        case "CODE_GENERATOR": return ["print(\"Hello from \(model)\")"]
        default: break
        }
        switch scenario {
        case .innerResult: return ["http://169.254.169.254/latest/meta-data/"]
        case .redirectedResult: return [.string("\(base)/redirect")]
        case .goneResult: return ["images/gone.png"]
        default: break
        }
        let names = (0..<count).map { _ in keep() }
        let results = names.map { JSON.string(scenario == .absolute ? "\(base)/asset/\($0)" : $0) }
        return scenario == .asString ? results.first ?? .null : .array(results)
    }

    private var count: Int {
        guard type != "TEXT_TO_SPEECH" else { return 1 }
        if model.hasPrefix("magic-art") { return 4 }
        return ["n", "num_outputs", "samples"].compactMap { fields[$0]?.intValue }.first ?? 1
    }

    /// Puts a picture or sound on the shelf; its key.
    private func keep() -> String {
        guard type == "TEXT_TO_SPEECH" else {
            return assets.keep(SampleMedia.picture, type: "image/png", folder: "images", ending: "png")
        }
        let format = fields["response_format"]?.stringValue ?? "mp3"
        let sound = SampleMedia.sound(format)
        return assets.keep(sound.bytes, type: sound.type, folder: "audios", ending: format)
    }

    private func transcript(_ scenario: Scenario) -> JSON {
        let sentence = "Hello from the simulated \(model)."
        let format = scenario == .textOnly ? "text" : fields["response_format"]?.stringValue ?? "text"
        switch format {
        case "srt": return [.string("1\n00:00:00,000 --> 00:00:00,250\n\(sentence)\n\n")]
        case "vtt": return [.string("WEBVTT\n\n00:00:00.000 --> 00:00:00.250\n\(sentence)\n\n")]
        case "verbose_json":
            let segment: JSON = [
                "id": 0, "seek": 0, "start": 0, "end": 0.25, "text": .string(sentence), "tokens": [1, 2],
                "temperature": 0, "avg_logprob": -0.1, "compression_ratio": 1, "no_speech_prob": 0.01,
            ]
            return nested([
                "task": "transcribe", "language": "english", "duration": 0.25, "text": .string(sentence),
                "segments": [segment],
            ])
        default:
            return scenario == .nested || format == "json"
                ? nested(["text": .string(sentence)])
                : scenario == .asString ? .string(sentence) : [.string(sentence)]
        }
    }

    /// JSON as a text inside JSON.
    private func nested(_ json: JSON) -> JSON {
        [.string(String(decoding: json.serialized(), as: UTF8.self))]
    }
}
