import Glibc
import HTTPTypes
import Testing

@testable import FastCGI
@testable import MartletFront

@Suite struct `Fields from CGI variables` {
    private func fields(_ variables: [String]) -> HTTPFields {
        let list = ExchangeParameters.List.allocate(capacity: variables.count + 1)
        defer { list.deallocate() }
        for (index, variable) in variables.enumerated() { list[index] = strdup(variable) }
        list[variables.count] = nil
        defer { for index in variables.indices { free(list[index]) } }
        return FieldsFromParameters.read(ExchangeParameters(list: list))
    }

    @Test func `are those that begin with HTTP_, and the content type`() throws {
        let fields = fields([
            "CONTENT_TYPE=text/plain", "CONTENT_LENGTH=3", "HTTP_X_API_KEY=k=1", "REQUEST_METHOD=GET",
            "HTTP_USER_AGENT=agent", "HTTP_=nothing", "HTTP_EMPTY=", "HTTP_ACCEPT=*/*", "no variable",
            "REDIRECT_HTTP_AUTHORIZATION=Bearer k", "HTTP_BAD NAME=x", "HTTP_\u{212a}EY=x", "HTTPS=on",
        ])
        let key = try #require(HTTPField.Name("x-api-key"))
        #expect(fields.count == 5)
        #expect(fields[.contentType] == "text/plain")
        #expect(fields[key] == "k=1")
        #expect(fields[.userAgent] == "agent")
        #expect(fields[.accept] == "*/*")
        #expect(fields[.authorization] == "Bearer k")
    }

    @Test func `are there once each, as the last variable says`() {
        let fields = fields([
            "CONTENT_TYPE=text/plain", "HTTP_CONTENT_TYPE=text/html", "HTTP_COOKIE=a=1; b=2", "HTTP_X=1",
            "HTTP_X=2",
        ])
        #expect(fields[values: .contentType] == ["text/html"])
        #expect(fields[values: .cookie] == ["a=1", "b=2"])
        #expect(fields.count == 4)
    }
}
