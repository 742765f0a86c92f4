import HTTPTypes
import MartletCore
import MartletWeb

extension GatewayRoutes {
    /// Pictures and sounds; `now` is the time in seconds since 1970.
    static func media(_ gateway: Gateway, now: @escaping @Sendable () -> Int) -> [Route] {
        func images(_ task: ImageRequest.Task) -> Images { Images(gateway: gateway, task: task, now: now) }
        func forwarded(_ route: String, otherwise: @escaping Handler) -> Handler {
            ForwardedEndpoint(gateway: gateway, route: route, otherwise: otherwise).respond
        }
        let transcriptions = Transcriptions(gateway: gateway, isTranslation: false)
        let translations = Transcriptions(gateway: gateway, isTranslation: true)
        let speech = Speech(gateway: gateway)
        return [
            Route(
                .post,
                "/v1/images/generations",
                "Pictures from a text.",
                handler: forwarded("images/generations", otherwise: images(.generation).respond)
            ),
            Route(
                .post,
                "/v1/images/edits",
                "A picture changed.",
                handler: forwarded("images/edits", otherwise: images(.edit).respond)
            ),
            Route(
                .post,
                "/v1/images/variations",
                "A picture varied.",
                handler: forwarded("images/variations", otherwise: images(.variation).respond)
            ),
            Route(
                .post,
                "/v1/audio/speech",
                "A text read aloud.",
                handler: forwarded("audio/speech", otherwise: speech.respond)
            ),
            Route(
                .post,
                "/v1/audio/transcriptions",
                "What is said in a sound.",
                handler: forwarded("audio/transcriptions", otherwise: transcriptions.respond)
            ),
            Route(
                .post,
                "/v1/audio/translations",
                "What is said in a sound, in English.",
                handler: forwarded("audio/translations", otherwise: translations.respond)
            ),
        ]
    }
}
