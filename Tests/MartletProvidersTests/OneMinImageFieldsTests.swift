import MartletCore
import Testing

@testable import MartletProviders

@Suite("Fields of a picture's job")
struct OneMinImageFieldsTests {
    private func fields(
        _ model: ModelName,
        _ task: ImageRequest.Task = .generation,
        change: (inout ImageRequest) -> Void = { _ in }
    ) throws(GatewayError) -> JSONObject {
        var request = ImageRequest(task, prompt: task == .variation ? "" : "A cat")
        change(&request)
        return try OneMinImageFields(request, model: model).object()
    }

    /// Every family, asked for everything that it can do: model, count, wish, fields beside the prompt.
    private static let generations: [(ModelName, Int, JSONObject)] = [
        (
            "gpt-image-1", 2,
            [
                "n": 2, "size": "1024x1536", "quality": "high", "style": "vivid", "output_format": "webp",
                "output_compression": 50, "background": "transparent",
            ]
        ),
        (
            "gpt-image-1-mini", 2,
            [
                "n": 2, "size": "1024x1536", "quality": "high", "output_format": "webp",
                "output_compression": 50,
                "background": "transparent",
            ]
        ),
        (
            "gpt-image-2", 2,
            [
                "n": 2, "size": "1024x1792", "quality": "high", "output_format": "webp",
                "output_compression": 50,
                "background": "transparent",
            ]
        ),
    ]

    @Test(arguments: generations)
    func `OpenAI's own families are told everything they know`(
        model: ModelName,
        count: Int,
        expected: JSONObject
    ) throws {
        var all = expected
        all["prompt"] = "A cat"
        let fields = try fields(model) {
            $0.count = count
            $0.size = .pixels(width: 1_024, height: 1_792)
            $0.quality = .hd
            $0.style = "vivid"
            $0.format = .webp
            $0.compression = 50
            $0.background = .transparent
        }
        #expect(fields == all)
    }

    private static let others: [(ModelName, JSONObject)] = [
        ("dall-e-3", ["n": 1, "size": "1024x1792", "quality": "hd", "style": "vivid"]),
        ("dall-e-2", ["n": 1, "size": "1024x1024"]),
        ("black-forest-labs/flux-schnell-lora", ["num_outputs": 1, "aspect_ratio": "9:16"]),
        ("black-forest-labs/flux-dev-lora", ["num_outputs": 1, "aspect_ratio": "9:16"]),
        ("black-forest-labs/flux-krea-dev", ["num_outputs": 1, "aspect_ratio": "9:16"]),
        ("black-forest-labs/flux-dev", ["aspect_ratio": "9:16"]),
        ("black-forest-labs/flux-pro", ["aspect_ratio": "custom", "width": 800, "height": 1440]),
        ("black-forest-labs/flux-1.1-pro", ["aspect_ratio": "custom", "width": 1024, "height": 1792]),
        ("black-forest-labs/flux-1.1-pro-ultra", ["aspect_ratio": "9:16"]),
        ("black-forest-labs/flux-2-flex", ["aspect_ratio": "9:16"]),
        ("black-forest-labs/flux-2-klein-4b", ["aspect_ratio": "9:16"]),
        ("6b645e3a-d64f-4341-a6d8-7a3690fbf042", ["n": 1, "size": "768x1024"]),
        (
            "magic-art",
            [
                "mode": "fast", "n": 4, "isNiji6": false, "maintainModeration": true, "aspect_width": 4,
                "aspect_height": 7,
            ]
        ),
        (
            "magic-art_7_0",
            [
                "mode": "fast", "n": 4, "isNiji6": false, "maintainModeration": true, "aspect_width": 4,
                "aspect_height": 7,
            ]
        ),
        ("stable-diffusion-xl-1024-v1-0", ["samples": 1, "size": "768x1344"]),
        ("stable-image", ["stable_image_core_aspect_ratio": "9:16"]),
        ("stable-image-ultra", ["aspect_ratio": "9:16"]),
        ("gemini-2.5-flash-image", ["n": 1]), ("grok-imagine-image", ["n": 1]),
        ("qwen-image-max", ["n": 1, "aspect_ratio": "9:16"]), ("recraft", ["n": 1, "aspect_ratio": "9:16"]),
        ("dzine", ["n": 1, "quality": "STANDARD", "size": "1024x1536"]), ("clipdrop", [:]),
        ("a-model-of-tomorrow", [:]),
    ]

    @Test(arguments: others)
    func `other families are told their own fields and nothing else`(model: ModelName, expected: JSONObject)
        throws
    {
        var all = expected
        all["prompt"] = "A cat"
        let fields = try fields(model) {
            $0.size = .pixels(width: 1_024, height: 1_792)
            $0.quality = .high
            $0.style = "vivid"
            $0.background = .opaque
        }
        #expect(fields == all)
    }

    @Test(
        arguments: [
            "gpt-image-1", "gpt-image-1-mini", "dall-e-3", "black-forest-labs/flux-dev", "magic-art",
            "6b645e3a-d64f-4341-a6d8-7a3690fbf042", "qwen-image", "stable-image",
            "black-forest-labs/flux-1.1-pro",
        ] as [ModelName]
    )
    func `auto leaves size, quality and background to the model`(model: ModelName) throws {
        let fields = try fields(model) {
            $0.quality = .automatic
            $0.background = .automatic
        }
        for name in ["size", "aspect_ratio", "width", "aspect_width", "quality", "background"] {
            #expect(fields[name] == nil)
        }
    }

    @Test
    func `gpt-image-2 always hears size and quality`() throws {
        let fields = try fields("gpt-image-2") { $0.quality = .automatic }
        #expect(fields == ["prompt": "A cat", "n": 1, "size": "1024x1024", "quality": "medium"])
    }

    @Test(
        arguments: [
            ("gpt-image-1", 10, true), ("dall-e-3", 2, false), ("black-forest-labs/flux-dev", 2, false),
            ("black-forest-labs/flux-krea-dev", 4, true), ("black-forest-labs/flux-krea-dev", 5, false),
            ("magic-art", 4, true), ("magic-art", 5, false), ("dzine", 5, false), ("clipdrop", 2, false),
            ("6b645e3a-d64f-4341-a6d8-7a3690fbf042", 5, false), ("gemini-2.5-flash-image", 10, true),
        ] as [(ModelName, Int, Bool)]
    )
    func `more pictures than a family makes are refused by name`(model: ModelName, count: Int, isFine: Bool) {
        do {
            _ = try fields(model) { $0.count = count }
            #expect(isFine)
        } catch {
            #expect(!isFine)
            #expect(error.parameter == "n")
        }
    }

    @Test(
        arguments: [
            ("black-forest-labs/flux-dev", "png", "output_format"),
            ("black-forest-labs/flux-2-pro", "webp", "output_format"),
            ("magic-art", "jpeg", "output_format"),
        ] as [(ModelName, String, String)]
    )
    func `a kind of file that a family cannot make is refused`(
        model: ModelName,
        format: String,
        field: String
    ) {
        let error = #expect(throws: GatewayError.self) {
            try fields(model) { $0.format = ImageRequest.Format(rawValue: format) }
        }
        #expect(error?.parameter == field)
    }

    @Test
    func `a transparent ground needs a family and a kind of file that have it`() throws {
        let flux = #expect(throws: GatewayError.self) {
            try fields("black-forest-labs/flux-dev") { $0.background = .transparent }
        }
        #expect(flux?.parameter == "background")
        let jpeg = #expect(throws: GatewayError.self) {
            try fields("gpt-image-1") {
                $0.background = .transparent
                $0.format = .jpeg
            }
        }
        #expect(jpeg?.parameter == "output_format")
        let png = #expect(throws: GatewayError.self) {
            try fields("gpt-image-1") {
                $0.compression = 50
                $0.format = .png
            }
        }
        #expect(png?.parameter == "output_compression")
        #expect(try fields("black-forest-labs/flux-2-flex") { $0.format = .jpeg }["output_format"] == "jpg")
    }

    @Test
    func `edits and variations have fields of their own`() throws {
        #expect(
            try fields("gpt-image-1", .edit) {
                $0.count = 2
                $0.quality = .low
                $0.size = .pixels(width: 512, height: 512)
                $0.style = "vivid"
            } == ["prompt": "A cat", "n": 2, "size": "1024x1024", "quality": "low"]
        )
        #expect(try fields("qwen-image-edit-plus", .edit) { $0.quality = .low } == ["prompt": "A cat"])
        #expect(
            try fields("dall-e-2", .variation) { $0.size = .pixels(width: 300, height: 300) } == [
                "n": 1, "size": "256x256",
            ]
        )
        #expect(try fields("clipdrop", .variation) == [:])
        #expect(
            try fields("black-forest-labs/flux-redux-dev", .variation) { $0.count = 3 } == ["num_outputs": 3]
        )
        #expect(try fields("magic-art", .variation)["n"] == 4)
    }

    @Test(arguments: [
        (1_024, 1_024), (16, 16), (16_384, 16_384), (16, 16_384), (3_840, 1_000), (1, 3), (5_000, 1_700),
        (777, 999),
    ])
    func `any size becomes one that gpt-image-2 takes`(width: Int, height: Int) {
        let size = OneMinImageSize.free(width: width, height: height)
        #expect(size.width % 16 == 0 && size.height % 16 == 0)
        #expect((655_360...8_294_400).contains(size.width * size.height))
        #expect(max(size.width, size.height) <= 3_840)
        #expect(max(size.width, size.height) <= 3 * min(size.width, size.height))
        #expect((width >= height) == (size.width >= size.height) || width == height)
    }

    @Test(arguments: [
        (1_536, 1_024, 3, 2), (1_920, 1_080, 16, 9), (1_000, 333, 2, 1), (512, 512, 1, 1),
        (1_366, 768, 16, 9),
    ])
    func `a ratio comes in small numbers`(width: Int, height: Int, wide: Int, high: Int) {
        let parts = OneMinImageSize.parts(width: width, height: height)
        #expect(parts.width == wide && parts.height == high)
    }

    @Test
    func `custom points stay within range, step and area`() {
        for (width, height) in [(16, 16), (16_384, 16), (1_792, 1_024), (16_384, 16_384)] {
            let size = OneMinImageSize.pixels(width: width, height: height, in: 256...2_048, area: 2_000_000)
            #expect((256...2_048).contains(size.width) && (256...2_048).contains(size.height))
            #expect(size.width % 32 == 0 && size.height % 32 == 0)
            #expect(size.width * size.height <= 2_000_000)
        }
    }
}
