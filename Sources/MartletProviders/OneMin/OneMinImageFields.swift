import MartletCore

/// Writes `promptObject` of a picture's job: the fields of the model's family and no others.
struct OneMinImageFields {
    private let request: ImageRequest
    private let family: OneMinImageFamily
    private let model: ModelName

    init(_ request: ImageRequest, model: ModelName) {
        self.request = request
        self.model = model
        family = OneMinImageFamilies.family(of: model, for: request.task)
    }

    /// Whether a style must be looked up first; see `OneMinStyles`.
    var needsStyleCode: Bool { family.needsStyleCode }

    /// The fields, without those of an uploaded picture.
    ///
    /// - Throws: `GatewayError` of kind `invalidRequest` for what the family cannot do. A size that it cannot give is
    ///   answered by the nearest one; quality and style are left out where there is no choice.
    func object() throws(GatewayError) -> JSONObject {
        var fields = family.constants
        if request.task != .variation { fields["prompt"] = .string(request.prompt) }
        try writeCount(to: &fields)
        writeShape(to: &fields)
        writeQuality(to: &fields)
        if family.hasStyle, let style = request.style { fields["style"] = .string(style) }
        try writeBackground(to: &fields)
        try writeFormat(to: &fields)
        return fields
    }

    private func writeCount(to fields: inout JSONObject) throws(GatewayError) {
        let most: Int
        switch family.count {
        case .field(let name, let limit):
            most = limit
            fields[name] = JSON(request.count)
        case .fixed(let name, let number):
            most = number
            fields[name] = JSON(number)
        case .one: most = 1
        }
        guard request.count <= most else {
            throw refusal("n", "'n' must be at most \(most) for the model '\(model)'.")
        }
    }

    private func writeShape(to fields: inout JSONObject) {
        guard case .pixels(let width, let height) = request.size else {
            if case .freeSize = family.shape { fields["size"] = "1024x1024" }
            return
        }
        switch family.shape {
        case .none: break
        case .sizes(let sizes):
            fields["size"] = OneMinImageSize.nearest(width: width, height: height, among: sizes)
                .map { .string($0) }
        case .freeSize:
            let size = OneMinImageSize.free(width: width, height: height)
            fields["size"] = .string("\(size.width)x\(size.height)")
        case .ratio(let name, let ratios):
            fields[name] = OneMinImageSize.nearest(width: width, height: height, among: ratios)
                .map { .string($0) }
        case .pixels(let range, let area):
            let size = OneMinImageSize.pixels(width: width, height: height, in: range, area: area)
            fields["aspect_ratio"] = "custom"
            fields["width"] = JSON(size.width)
            fields["height"] = JSON(size.height)
        case .ratioParts:
            let parts = OneMinImageSize.parts(width: width, height: height)
            fields["aspect_width"] = JSON(parts.width)
            fields["aspect_height"] = JSON(parts.height)
        }
    }

    private func writeQuality(to fields: inout JSONObject) {
        let isHigh = request.quality == .high || request.quality == .hd
        switch (family.quality, request.quality) {
        case (.none, _): break
        case (.requiredLevels, nil), (.requiredLevels, .automatic): fields["quality"] = "medium"
        case (_, nil), (_, .automatic): break
        case (.standardOrHD, _): fields["quality"] = isHigh ? "hd" : "standard"
        case (_, .low): fields["quality"] = "low"
        default: fields["quality"] = isHigh ? "high" : "medium"
        }
    }

    private func writeBackground(to fields: inout JSONObject) throws(GatewayError) {
        guard let background = request.background else { return }
        if family.backgrounds.contains(background) {
            fields["background"] = .string(background.rawValue)
        } else if background == .transparent {
            throw refusal("background", "The model '\(model)' cannot make a transparent background.")
        }
        if background == .transparent, request.format == .jpeg {
            throw refusal("output_format", "A JPEG has no transparent background: use 'png' or 'webp'.")
        }
    }

    private func writeFormat(to fields: inout JSONObject) throws(GatewayError) {
        if let format = request.format {
            guard let name = family.formats?.names[format] else {
                throw refusal(
                    "output_format",
                    "The model '\(model)' cannot be asked for \(format.rawValue). Leave 'output_format' out."
                )
            }
            family.formats.map { fields[$0.field] = .string(name) }
        }
        guard let compression = request.compression else { return }
        guard let field = family.formats?.compression, request.format == .jpeg || request.format == .webp
        else {
            throw refusal(
                "output_compression",
                "'output_compression' needs an 'output_format' of jpeg or webp and a model that has it."
            )
        }
        fields[field] = JSON(compression)
    }

    private func refusal(_ parameter: String, _ message: String) -> GatewayError {
        GatewayError(.invalidRequest, message, parameter: parameter, code: "unsupported_value")
    }
}
