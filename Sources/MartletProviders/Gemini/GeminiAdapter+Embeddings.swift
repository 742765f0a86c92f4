import HTTPTypes
public import MartletCore

extension GeminiAdapter: EmbeddingAdapter {
    /// `POST …/models/{model}:batchEmbedContents`.
    public func embeddingRequest(
        for body: JSON,
        model: ModelName,
        at endpoint: Endpoint
    ) throws(GatewayError) -> UpstreamRequest {
        let texts = try Self.texts(in: BodyReader(body))
        let dimensions = try BodyReader(body).field("dimensions")?.integer(in: 1...65_536)
        let requests = texts.map { text -> JSON in
            var request: JSONObject = [
                "model": .string("models/\(model.text)"), "content": ["parts": [["text": .string(text)]]],
            ]
            request["outputDimensionality"] = dimensions.map { JSON($0) }
            return .object(request)
        }
        var fields = Self.fields(at: endpoint)
        fields[.contentType] = "application/json"
        let all: JSON = ["requests": .array(requests)]
        return UpstreamRequest(
            method: .post,
            url: Self.url("models/\(model.text):batchEmbedContents", at: endpoint),
            fields: fields,
            body: all.serialized()
        )
    }

    /// `{"embeddings":[{"values"}]}` as OpenAI's list, in numbers or in base64 of 32-bit floats.
    public func embeddings(
        in answer: [UInt8],
        for body: JSON,
        model: ModelName
    ) throws(UpstreamFailure) -> JSONObject {
        guard let list = (try? JSON.parse(answer))?["embeddings"]?.arrayValue else {
            throw UpstreamFailure(.serverFailed, text: "The answer holds no embeddings.")
        }
        let wantsBase64 = body["encoding_format"]?.stringValue == "base64"
        let vectors = list.enumerated().map { index, entry -> JSON in
            let values = entry["values"] ?? []
            return [
                "object": "embedding", "index": JSON(index),
                "embedding": wantsBase64 ? Self.base64(values) : values,
            ]
        }
        return ["object": "list", "data": .array(vectors), "model": .string(model.text)]
    }

    private static func texts(in body: BodyReader) throws(GatewayError) -> [String] {
        let input = try body.required("input")
        if let text = input.value.stringValue { return [text] }
        guard let values = input.value.arrayValue, !values.isEmpty else {
            throw input.typeError("a string or an array of strings")
        }
        var texts: [String] = []
        try input.forEachElement { element throws(GatewayError) in
            guard element.value.stringValue != nil else {
                throw element.error("must be a string; tokens are not supported here.", code: "invalid_type")
            }
            texts.append(try element.string())
        }
        return texts
    }

    private static func base64(_ values: JSON) -> JSON {
        var bytes: [UInt8] = []
        for value in values.arrayValue ?? [] {
            let bits = Float(value.doubleValue ?? 0).bitPattern
            for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        }
        return .string(String(decoding: Base64Encoding.quoted(bytes).dropFirst().dropLast(), as: UTF8.self))
    }
}
