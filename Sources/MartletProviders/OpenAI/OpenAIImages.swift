public import MartletCore

/// Writes the answer of `/v1/images/…`.
///
/// Source: OpenAI's API reference, the `ImagesResponse` object (2026-10).
public enum OpenAIImages {
    /// One picture: its address, its bytes, or both.
    public struct Picture: Sendable {
        /// An absolute address; nil where only the bytes are wanted.
        public var address: String?
        /// The file; nil where only the address is wanted.
        public var bytes: [UInt8]?

        /// Describes a picture.
        public init(address: String?, bytes: [UInt8]?) {
            self.address = address
            self.bytes = bytes
        }
    }

    /// Writes `{"created","data":[{"url","b64_json"}],"usage"}`, a member only where there is something to say.
    public static func encode(_ pictures: [Picture], created: Int, usage: TokenUsage?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("created")
        writer.int(created)
        writer.key("data")
        writer.beginArray()
        for picture in pictures {
            writer.beginObject()
            if let address = picture.address {
                writer.key("url")
                writer.string(address)
            }
            if let bytes = picture.bytes {
                writer.key("b64_json")
                writer.raw(Base64Encoding.quoted(bytes))
            }
            writer.endObject()
        }
        writer.endArray()
        if let usage { write(usage, to: &writer) }
        writer.endObject()
        return writer.bytes
    }

    /// The vendor tells one number for what goes in; with a text alone that is the text's.
    private static func write(_ usage: TokenUsage, to writer: inout JSONWriter) {
        writer.key("usage")
        writer.beginObject()
        writer.key("input_tokens")
        writer.int(usage.input.value)
        writer.key("output_tokens")
        writer.int(usage.output.value)
        writer.key("total_tokens")
        writer.int(usage.total.value)
        writer.key("input_tokens_details")
        writer.beginObject()
        writer.key("text_tokens")
        writer.int(usage.input.value)
        writer.key("image_tokens")
        writer.int(0)
        writer.endObject()
        writer.endObject()
    }
}
