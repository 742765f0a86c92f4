import HTTPTypes
import MartletCore
import MartletWeb

/// Uploads, deletions, and what a chat says of the files that came with it.
struct AssetSimulation: Sendable {
    let counters: Counters
    let assets: AssetShelf

    /// `POST /api/assets`.
    func upload(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        let body = try request.body.read(limit: 128 << 20)
        guard let file = UploadedFile(in: body, contentType: request.fields[.contentType], field: "asset")
        else {
            return try refuse(writer, "INVALID_REQUEST", "There is no part 'asset' with a file name.")
        }
        guard let ending = file.ending, ending != "md" else {
            return try refuse(writer, "UNSUPPORTED_FILE_TYPE", "This file type isn't supported.")
        }
        counters.countUpload(file)
        let scenario = AssetScenario.find(in: file.bytes)
        let isDone = try scenario?.write(
            { assets.keep(file, ending: ending) },
            to: writer,
            context: context
        )
        if isDone != true { try writer.send(assets.keep(file, ending: ending)) }
    }

    /// `DELETE /api/assets/{uuid}`.
    func delete(_ request: Request, _ writer: any ResponseWriter) throws {
        let identifier = request.pathValues["uuid"] ?? ""
        guard let file = assets.file(identifier) else { return try writer.sendEmpty(status: .notFound) }
        guard AssetScenario.find(in: file.bytes) != .undeletable else {
            return try writer.sendEmpty(status: .internalServerError)
        }
        assets.remove(identifier)
        counters.countDeletion()
        try writer.send(["success": true])
    }

    /// What a chat sees: `I see 1 image: png 2x2, 68 bytes. I read 1 file: paper.pdf, 9 bytes.`, and a blank behind it.
    ///
    /// Nothing for a chat without files; nil when it names one that is not there.
    func sight(of attachments: JSON?) -> String? {
        guard let attachments else { return "" }
        var images: [String] = []
        for path in attachments["images"]?.arrayValue ?? [] {
            guard let file = path.stringValue.flatMap({ assets[$0] }),
                let (format, size) = ImageHeader.read(file.bytes)
            else { return nil }
            images.append("\(format.ending) \(size.width)x\(size.height), \(file.bytes.count) bytes")
        }
        var files: [String] = []
        for identifier in attachments["files"]?.arrayValue ?? [] {
            guard let file = identifier.stringValue.flatMap(assets.file) else { return nil }
            files.append("\(file.name), \(file.bytes.count) bytes")
        }
        return Self.sentence("I see", "image", images) + Self.sentence("I read", "file", files)
    }

    private static func sentence(_ verb: String, _ noun: String, _ things: [String]) -> String {
        guard !things.isEmpty else { return "" }
        return "\(verb) \(things.count) \(noun)\(things.count == 1 ? "" : "s"): "
            + things.joined(separator: "; ") + ". "
    }

    private func refuse(_ writer: any ResponseWriter, _ code: String, _ message: String) throws {
        try writer.send(
            [
                "success": false,
                "error": ["code": .string(code), "message": .string(message), "details": []],
            ],
            status: .badRequest
        )
    }
}
