public import MartletCore

/// Reads what clients ask of `/v1/images/…`.
///
/// A form's fields come as the members of an object, its files beside them.
///
/// Source: OpenAI's API reference, Images (2026-10).
public enum OpenAIImageMapping {
    private static let longestPrompt = 32_000

    /// Reads the body of `POST /v1/images/generations`.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    public static func generation(_ body: JSON) throws(GatewayError) -> ImageRequest {
        let body = BodyReader(body)
        var request = ImageRequest(.generation, prompt: try prompt(in: body))
        try readCommon(body, into: &request)
        return request
    }

    /// Reads the form of `POST /v1/images/edits`.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    public static func edit(
        _ fields: JSON,
        images: [MediaFile],
        hasMask: Bool
    ) throws(GatewayError) -> ImageRequest {
        let body = BodyReader(fields)
        try requireImages(images)
        guard !hasMask else {
            throw unsupported("mask", "A mask is not possible: say in 'prompt' what is to be changed.")
        }
        var request = ImageRequest(.edit, prompt: try prompt(in: body), sources: images)
        try readCommon(body, into: &request)
        return request
    }

    /// Reads the form of `POST /v1/images/variations`.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` that names the field.
    public static func variation(_ fields: JSON, images: [MediaFile]) throws(GatewayError) -> ImageRequest {
        try requireImages(images)
        var request = ImageRequest(.variation, sources: images)
        try readCommon(BodyReader(fields), into: &request)
        return request
    }

    private static func prompt(in body: BodyReader) throws(GatewayError) -> String {
        let field = try body.required("prompt")
        let text = try field.string()
        guard text.contains(where: { !$0.isWhitespace }) else { throw field.error("must not be empty.") }
        guard text.unicodeScalars.count <= longestPrompt else {
            throw field.error("must have at most \(longestPrompt) characters.")
        }
        return text
    }

    private static func requireImages(_ images: [MediaFile]) throws(GatewayError) {
        guard !images.isEmpty else {
            throw BodyReader(.null, path: "image").error("is required.", code: "missing_required_parameter")
        }
    }

    private static func readCommon(_ body: BodyReader, into request: inout ImageRequest) throws(GatewayError)
    {
        if let field = try body.field("model") {
            let name = try field.string()
            guard !name.isEmpty else { throw field.error("must not be empty.") }
            request.model = ModelName(name)
        }
        request.count = try body.field("n")?.integer(in: 1...10) ?? 1
        if let field = try body.field("size") { request.size = try size(in: field) }
        request.quality = try body.field("quality")?.choice(of: ImageRequest.Quality.self)
        request.background = try body.field("background")?.choice(of: ImageRequest.Background.self)
        request.format = try body.field("output_format")?.choice(of: ImageRequest.Format.self)
        request.compression = try body.field("output_compression")?.integer(in: 0...100)
        request.delivery = try body.field("response_format")?.choice(of: ImageRequest.Delivery.self)
        if let field = try body.field("style") {
            let style = try field.string()
            guard style == "vivid" || style == "natural" else {
                throw field.error("must be one of vivid, natural.")
            }
            request.style = style
        }
        if try body.field("stream")?.bool() == true {
            throw unsupported("stream", "Pictures cannot be streamed: send 'stream': false.")
        }
        if try body.field("partial_images")?.integer(in: 0...3) ?? 0 > 0 {
            throw unsupported("partial_images", "Pictures come whole: leave 'partial_images' out.")
        }
    }

    private static func size(in field: BodyReader) throws(GatewayError) -> ImageRequest.Size {
        let text = try field.string()
        if text == "auto" { return .automatic }
        let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1], (16...16_384).contains(width),
            (16...16_384).contains(height)
        else { throw field.error("must be 'auto' or a width and a height such as '1024x1536'.") }
        return .pixels(width: width, height: height)
    }

    private static func unsupported(_ parameter: String, _ message: String) -> GatewayError {
        GatewayError(.invalidRequest, message, parameter: parameter, code: "unsupported_parameter")
    }
}

extension BodyReader {
    /// One of the texts that a type stands for.
    func choice<Choice: RawRepresentable & CaseIterable>(
        of type: Choice.Type
    ) throws(GatewayError) -> Choice where Choice.RawValue == String {
        if let choice = Choice(rawValue: try string()) { return choice }
        throw error("must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
}
