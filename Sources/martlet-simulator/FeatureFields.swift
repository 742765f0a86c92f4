import MartletCore

/// Which fields `promptObject` may hold, by the type of work and the model's family.
///
/// Written from 1min.ai's documentation and apart from the relay's own table, so that each checks the other.
enum FeatureFields {
    private struct Rule {
        let type: String
        /// Beginnings of model ids; the first rule that fits counts.
        let models: [String]
        let fields: String
        var required = ""
        var sizes: [String] = []
    }

    private static let leonardo = [
        "6b645e3a-", "b24e16ff-", "e71a1c2f-", "1e60896f-", "aa77f04e-", "5c232a9e-", "2067ae52-",
    ]
    private static let openAISizes = ["1024x1024", "1024x1536", "1536x1024"]
    private static let flux = "black-forest-labs/flux-"

    private static let rules = [
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["gpt-image-2"],
            fields: "prompt n size quality background output_format output_compression",
            required: "prompt size quality"
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["gpt-image-1-mini"],
            fields: "prompt n size quality output_format output_compression background",
            sizes: openAISizes
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["gpt-image-1"],
            fields: "prompt n size quality style output_format output_compression background",
            sizes: openAISizes
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["dall-e-3"],
            fields: "prompt n size quality style",
            sizes: ["1024x1024", "1024x1792", "1792x1024"]
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["\(flux)schnell", "\(flux)krea", "\(flux)dev-lora"],
            fields: "prompt num_outputs aspect_ratio output_format"
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["\(flux)dev"],
            fields: "prompt image_prompt aspect_ratio prompt_strength num_inference_steps guidance seed "
                + "output_quality disable_safety_checker go_fast megapixels"
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["\(flux)1.1-pro"],
            fields: "prompt image_prompt aspect_ratio width height output_quality safety_tolerance "
                + "prompt_upsampling seed"
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["\(flux)2-"],
            fields: "prompt aspect_ratio output_format output_quality steps guidance safety_tolerance "
                + "prompt_upsampling seed"
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: leonardo,
            fields: "prompt size n negativePrompt",
            sizes: ["1024x1024", "1024x768", "768x1024"]
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["magic-art"],
            fields: "prompt mode n negativePrompt isNiji6 maintainModeration aspect_width aspect_height",
            required: "prompt mode n"
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["stable-diffusion-xl"],
            fields: "prompt samples size cfg_scale clip_guidance_preset seed steps"
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["stable-image-ultra"],
            fields: "prompt aspect_ratio output_format seed style_preset"
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["stable-image"],
            fields: "prompt negativePrompt stable_image_core_aspect_ratio stable_image_core_output_format "
                + "stable_image_core_seed stable_image_core_style_preset"
        ),
        Rule(type: "IMAGE_GENERATOR", models: ["gemini", "grok"], fields: "prompt n"),
        Rule(type: "IMAGE_GENERATOR", models: ["qwen-image"], fields: "prompt n aspect_ratio"),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["recraft"],
            fields: "prompt n aspect_ratio negativePrompt"
        ),
        Rule(
            type: "IMAGE_GENERATOR",
            models: ["dzine"],
            fields: "prompt style_code style_base_model quality n output_format size",
            required: "prompt style_code style_base_model"
        ),
        Rule(type: "IMAGE_GENERATOR", models: [""], fields: "prompt"),
        Rule(
            type: "IMAGE_VARIATOR",
            models: ["dall-e-2"],
            fields: "imageUrl n size",
            sizes: ["1024x1024", "512x512", "256x256"]
        ),
        Rule(
            type: "IMAGE_VARIATOR",
            models: ["magic-art"],
            fields: "imageUrl mode n isNiji6 aspect_width aspect_height maintainModeration",
            required: "imageUrl mode n"
        ),
        Rule(
            type: "IMAGE_VARIATOR",
            models: ["\(flux)redux"],
            fields:
                "imageUrl format aspect_ratio num_outputs num_inference_steps seed output_quality megapixels"
        ),
        Rule(type: "IMAGE_VARIATOR", models: [""], fields: "imageUrl", required: "imageUrl"),
        Rule(
            type: "IMAGE_EDITOR",
            models: ["gpt-image"],
            fields: "imageUrl prompt size n quality output_format output_compression background",
            required: "imageUrl prompt",
            sizes: openAISizes
        ),
        Rule(type: "IMAGE_EDITOR", models: [""], fields: "imageUrl prompt", required: "imageUrl prompt"),
        Rule(
            type: "SPEECH_TO_TEXT",
            models: ["whisper"],
            fields: "audioUrl response_format language prompt temperature",
            required: "audioUrl response_format"
        ),
        Rule(
            type: "SPEECH_TO_TEXT",
            models: ["latest_", "phone_", "telephony", "medical_"],
            fields: "audioUrl language",
            required: "audioUrl language"
        ),
        Rule(
            type: "SPEECH_TO_TEXT",
            models: [""],
            fields: "audioUrl response_format",
            required: "audioUrl"
        ),
        Rule(
            type: "AUDIO_TRANSLATOR",
            models: [""],
            fields: "audioUrl response_format temperature prompt",
            required: "audioUrl"
        ),
        Rule(
            type: "TEXT_TO_SPEECH",
            models: [""],
            fields: "text voice response_format speed",
            required: "text"
        ),
        Rule(type: "CODE_GENERATOR", models: [""], fields: "prompt", required: "prompt"),
    ]

    /// The field that is wrong and why; nil when all is well.
    static func fault(type: String, model: String, fields: JSONObject) -> (field: String, problem: String)? {
        guard
            let rule = rules.first(where: { rule in
                rule.type == type && rule.models.contains { model.hasPrefix($0) }
            })
        else { return nil }
        let allowed = rule.fields.split(separator: " ").map(String.init)
        for (key, value) in fields {
            guard allowed.contains(key) else { return (key, "property \(key) should not exist") }
            if value.isNull { return (key, "\(key) must not be null") }
        }
        for key in rule.required.split(separator: " ").map(String.init) where fields[key] == nil {
            return (key, "\(key) is required")
        }
        if let size = fields["size"]?.stringValue, !rule.sizes.isEmpty, !rule.sizes.contains(size) {
            return ("size", "size must be one of \(rule.sizes.joined(separator: ", "))")
        }
        return nil
    }
}
