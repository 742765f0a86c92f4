import MartletCore
import MartletGateway
import MartletProviders
import Testing

@testable import martlet

@Suite struct `Bundled catalogue` {
    private let catalogue = ModelCatalogue(
        list: BundledCatalogue.models,
        aliases: BundledCatalogue.aliases,
        rules: ModelRules()
    )

    @Test(arguments: KnownNames.chat)
    func `a chat model that older relays name is live or has a live successor`(name: ModelName) throws {
        #expect(try model(behind: name).uses.contains(.chat))
    }

    @Test(arguments: KnownNames.pictures)
    func `an image model that older relays name is live or has a live successor`(name: ModelName) throws {
        let uses: Set<ModelCard.Use> = [.imageGeneration, .imageEditing, .imageVariation]
        #expect(try !model(behind: name).uses.isDisjoint(with: uses))
    }

    @Test(arguments: KnownNames.speech)
    func `a speech model that older relays name is live or has a live successor`(name: ModelName) throws {
        #expect(try !model(behind: name).uses.isDisjoint(with: [.speech, .transcription]))
    }

    @Test func `every new name leads to a live model`() {
        for (old, new) in BundledCatalogue.aliases.renamed {
            #expect(BundledCatalogue.models[new] != nil, "\(old) → \(new)")
        }
    }

    @Test func `every retired name is gone and its successor is live`() {
        for (old, successor) in BundledCatalogue.aliases.retired {
            #expect(BundledCatalogue.models[old] == nil, "\(old) is live")
            #expect(BundledCatalogue.models[successor] != nil, "\(old) → \(successor)")
        }
    }

    @Test func `every model has a maker and a use`() {
        #expect(BundledCatalogue.models.cards.allSatisfy { !$0.uses.isEmpty && !$0.maker.isEmpty })
    }

    /// The live model that a name stands for, or that stands in for it.
    private func model(behind name: ModelName) throws -> ModelCard {
        switch catalogue.resolve(name) {
        case .found(let card, _): card
        case .retired(let successor): try #require(BundledCatalogue.models[successor])
        case .notPermitted, .unknown: try #require(nil as ModelCard?, "\(name) is neither live nor retired")
        }
    }
}

/// The model names in the documentation of relays that were there before.
private enum KnownNames {
    static let chat: [ModelName] = [
        "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5-chat-latest", "gpt-5.1", "gpt-5.1-codex",
        "gpt-5.1-codex-mini", "gpt-5.2", "gpt-5.2-pro", "o1", "o1-mini", "o3-mini", "o4-mini",
        "gpt-4.5-preview", "gpt-4.1", "gpt-4.1-nano", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini", "gpt-4-turbo",
        "gpt-3.5-turbo", "openai/gpt-oss-20b", "openai/gpt-oss-120b",
        "claude-3-5-sonnet", "claude-3-5-haiku", "claude-3-7-sonnet", "claude-sonnet-4", "claude-opus-4",
        "claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5", "claude-3-opus", "claude-3-sonnet",
        "claude-3-haiku", "claude-3-haiku-20240307",
        "mistral-large-latest", "mistral-small-latest", "mistral-nemo", "codestral", "pixtral-12b",
        "gemini-1.5-pro", "gemini-1.5-flash", "gemini-2.0-flash", "gemini-2.0-flash-lite", "gemini-2.5-flash",
        "gemini-2.5-pro", "gemini-2.5-flash-preview-05-20", "gemini-2.5-flash-preview-04-17",
        "gemini-2.5-pro-preview-05-06", "gemini-3-pro-preview",
        "deepseek-chat", "deepseek-reasoner",
        "llama-2-70b-chat", "meta-llama-3.1-405b-instruct", "llama-4-maverick-instruct",
        "llama-4-scout-instruct", "llama-3.1-8b-instruct", "llama-3.1-70b-instruct",
        "llama-3.1-405b-instruct",
        "llama-3.2-1b-instruct", "llama-3.2-3b-instruct", "llama-3.2-11b-vision-instruct",
        "llama-3.2-90b-vision-instruct",
        "grok-2", "grok-3", "grok-3-mini", "grok-4-0709", "grok-4-fast-reasoning",
        "grok-4-fast-non-reasoning",
        "sonar-reasoning-pro", "sonar-reasoning", "sonar-pro", "sonar",
    ]

    static let pictures: [ModelName] = [
        "dall-e-2", "dall-e-3", "midjourney", "midjourney_6_1", "phoenix", "lightning-xl", "anime-xl",
        "diffusion-xl", "kino-xl", "vision-xl", "albedo-base-xl", "flux-schnell", "flux-dev", "flux-pro",
        "flux-1.1-pro", "stable-diffusion-xl-1024-v1-0", "stable-diffusion-v1-6",
        "stable-diffusion-3.5-large",
        "stable-diffusion-3.5-large-turbo",
    ]

    static let speech: [ModelName] = ["whisper-1", "tts-1", "tts-1-hd"]
}
