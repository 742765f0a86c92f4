import HTTPTypes
import MartletCore
import MartletWeb

/// The description of the management API, made of the table that answers it.
///
/// Source: OpenAPI Specification 3.1.
enum OpenAPIDocument {
    static func json(of routes: [ConsoleRoute], version: String) -> JSON {
        var paths = JSONObject()
        for route in routes {
            let path = route.pattern.description
            var operations = paths[path]?.objectValue ?? JSONObject()
            operations[route.method.rawValue.lowercased()] = operation(route)
            paths[path] = .object(operations)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Martlet's management API", "version": .string(version),
                "description": "Amounts named quota are in units of which 500,000 are a US dollar.",
            ],
            "paths": .object(paths),
            "components": [
                "securitySchemes": ["session": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]],
                "schemas": [
                    "Answer": [
                        "type": "object",
                        "properties": [
                            "success": ["const": true], "message": ["type": "string"], "data": [:],
                        ],
                        "required": ["success", "message"],
                    ],
                    "Outcome": [
                        "type": "object",
                        "properties": [
                            "success": ["type": "boolean"], "message": ["type": "string"], "data": [:],
                            "time": ["type": "number"], "balance": ["type": "number"],
                        ],
                        "required": ["success", "message"],
                    ],
                    "Error": [
                        "type": "object",
                        "properties": [
                            "success": ["const": false], "message": ["type": "string"],
                            "code": ["type": "string"],
                            "parameter": ["type": "string"], "request_id": ["type": "string"],
                        ],
                        "required": ["success", "message", "request_id"],
                    ],
                ],
            ],
        ]
    }

    private static func operation(_ route: ConsoleRoute) -> JSON {
        let inPath = route.pattern.description.split(separator: "/").filter { $0.hasPrefix("{") }
        let parameters =
            inPath.map { part -> JSON in
                let name = part.dropFirst().dropLast()
                return [
                    "name": .string(String(name)), "in": "path", "required": true,
                    "schema": name == "id"
                        ? ["type": "integer", "minimum": 1] : ["type": "string", "minLength": 1],
                ]
            }
            + route.query.map { parameter -> JSON in
                ["name": .string(parameter.name), "in": "query", "schema": parameter.schema]
            }
        var operation: JSONObject = [
            "summary": .string(route.summary), "parameters": .array(parameters),
            "responses": answers(of: route),
            "security": route.access == .anyone ? [] : [["session": []]],
        ]
        if !route.fields.isEmpty { operation["requestBody"] = body(of: route) }
        return .object(operation)
    }

    private static func body(of route: ConsoleRoute) -> JSON {
        var schema: JSONObject = [
            "type": "object",
            "properties": .object(JSONObject(route.fields.map { ($0.name, $0.schema) })),
        ]
        let required = route.fields.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return ["required": true, "content": ["application/json": ["schema": .object(schema)]]]
    }

    private static func answers(of route: ConsoleRoute) -> JSON {
        let error: JSON = [
            "description": "What is wrong.",
            "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Error"]]],
        ]
        var answers: JSONObject = [
            "200": [
                "description": "Done.",
                "content": [
                    "application/json": [
                        "schema": [
                            "$ref": "#/components/schemas/\(route.tellsOutcome ? "Outcome" : "Answer")"
                        ]
                    ],
                    "text/csv": ["schema": ["type": "string"]],
                    "application/jsonl": ["schema": ["type": "string"]],
                ],
            ]
        ]
        for status in ["400", "401", "403", "404", "405", "409", "413", "415", "429", "503"] {
            answers[status] = error
        }
        return .object(answers)
    }
}
