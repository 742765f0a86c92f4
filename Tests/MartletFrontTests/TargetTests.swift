import Testing

@testable import MartletFront

@Suite struct `The target of a request` {
    @Test(
        arguments: [
            ("/v1/models", "/v1/models", nil), ("/v1/models?a=b?c", "/v1/models", "a=b?c"),
            ("/?", "/", ""), ("", "/", nil), ("?a", "/", "a"), ("*", "*", nil),
            ("http://host/v1?x", "/v1", "x"), ("https://host:8443?x", "/", "x"), ("https://host", "/", nil),
            ("/http://host/", "/http://host/", nil), ("/caf\u{e9}?\u{301}", "/caf\u{e9}", "\u{301}"),
        ] as [(String, String, String?)]
    )
    func `is a path and a query`(target: String, path: String, query: String?) {
        let found = RequestTarget(target, prefix: "")
        #expect(found.path == path)
        #expect(found.query == query)
    }

    @Test(
        arguments: [
            ("/ai/v1/models", "/v1/models"), ("/ai", "/"), ("/ai/", "/"), ("/aid/v1", "/aid/v1"),
            ("/v1/ai", "/v1/ai"), ("http://host/ai/v1", "/v1"), ("/ai?x", "/"), ("/ai/ai", "/ai"),
        ]
    )
    func `has no prefix`(target: String, path: String) {
        #expect(RequestTarget(target, prefix: "/ai").path == path)
    }
}
