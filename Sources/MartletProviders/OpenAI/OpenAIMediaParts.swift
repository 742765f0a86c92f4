import MartletCore

/// Pictures and sounds of an answer, as clients of Chat Completions get them: `images` (OpenRouter's convention) and
/// `audio` (OpenAI's).
enum OpenAIMediaParts {
    static func delta(of media: Media) -> JSON {
        if media.kind == .audio { return ["audio": audio(media)] }
        return ["images": [image(media, index: 0)]]
    }

    static func image(_ media: Media, index: Int) -> JSON {
        [
            "type": "image_url", "index": JSON(index),
            "image_url": ["url": MediaSpelling.address(media) ?? ""],
        ]
    }

    static func audio(_ media: Media) -> JSON {
        [
            "id": .string("audio_" + RandomText.alphanumeric(24)), "data": MediaSpelling.base64(media) ?? "",
            "expires_at": 0, "transcript": "",
        ]
    }
}
