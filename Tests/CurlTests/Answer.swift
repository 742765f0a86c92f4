import HTTPTypes

@testable import Curl

/// The pieces of an answer put together.
struct Answer {
    var status = 0
    var fields = HTTPFields()
    var body: [UInt8] = []
    var pieceCount = 0

    var text: String { String(decoding: body, as: UTF8.self) }

    mutating func add(_ piece: Piece) {
        pieceCount += 1
        switch piece {
        case .head(let status, let fields): (self.status, self.fields) = (status, fields)
        case .body(let bytes): body += bytes
        }
    }
}

extension Session {
    /// Runs a transfer and puts its answer together.
    func answer(to transfer: Transfer) throws -> Answer {
        var answer = Answer()
        try run(transfer) { answer.add($0) }
        return answer
    }
}

extension SessionPool {
    /// Runs a transfer and puts its answer together.
    func answer(to transfer: Transfer) throws -> Answer {
        var answer = Answer()
        try run(transfer) { answer.add($0) }
        return answer
    }
}
