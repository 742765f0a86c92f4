import HTTPTypes
import MartletCore
import MartletWeb

/// `GET /` and `GET /health`: what this is, and whether it runs.
///
/// Both cost nothing and need no key.
struct Service: Sendable {
    let version: String

    func health(_ request: Request, _ context: RequestContext, _ writer: any ResponseWriter) throws {
        try writer.send(["status": "ok", "service": "martlet", "version": .string(version)])
    }

    func describe(_ routes: [Route], to writer: any ResponseWriter) throws {
        let endpoints = routes.map { route -> JSON in
            [
                "method": .string(route.method.rawValue),
                "path": .string(route.pattern.description.replacing("*}", with: "}")),
                "summary": .string(route.summary),
            ]
        }
        try writer.send(["service": "martlet", "version": .string(version), "endpoints": .array(endpoints)])
    }
}

extension String {
    fileprivate func replacing(_ text: String, with other: String) -> String {
        split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
    }
}
