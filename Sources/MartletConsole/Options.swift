import MartletCore
import MartletStore

/// What can be set while the service runs: each option with its type and default; unknown names are refused.
struct Option: Sendable {
    /// What a value may be.
    enum Kind: Sendable, Equatable {
        case text(longest: Int)
        case truth
        case integer(ClosedRange<Int>)
    }

    let name: String
    let kind: Kind
    let standard: String

    static let registration = Option(name: "RegisterEnabled", kind: .truth, standard: "")
    static let quotaForNewUser = Option(
        name: "QuotaForNewUser",
        kind: .integer(0...1_000_000_000_000),
        standard: "0"
    )
    static let systemName = Option(name: "SystemName", kind: .text(longest: 100), standard: "Martlet")
    static let notice = Option(name: "Notice", kind: .text(longest: 20_000), standard: "")
    static let about = Option(name: "About", kind: .text(longest: 100_000), standard: "")
    static let homePage = Option(name: "HomePageContent", kind: .text(longest: 100_000), standard: "")
    static let footer = Option(name: "Footer", kind: .text(longest: 20_000), standard: "")
    static let logo = Option(name: "Logo", kind: .text(longest: 2_000), standard: "")
    static let topUpLink = Option(name: "TopUpLink", kind: .text(longest: 2_000), standard: "")
    static let serverAddress = Option(name: "ServerAddress", kind: .text(longest: 2_000), standard: "")

    static let all = [
        registration, quotaForNewUser, systemName, notice, about, homePage, footer, logo, topUpLink,
        serverAddress,
    ]

    /// The value as it is kept; nil for one that may not be.
    func checked(_ value: JSON) -> String? {
        let text: String
        switch value {
        case .string(let given): text = given
        case .bool(let given): text = given ? "true" : "false"
        case .number(let number): text = number.text
        default: return nil
        }
        switch kind {
        case .text(let longest): return text.unicodeScalars.count <= longest ? text : nil
        case .truth: return ["true", "false"].contains(text) ? text : nil
        case .integer(let range): return Int(text).flatMap { range.contains($0) ? String($0) : nil }
        }
    }
}

/// The values of options.
enum Options {
    static func all(in call: Call) throws(GatewayError) -> [String: String] {
        let kept = try call.read { tables throws(StoreError) in try tables.options.all() }
        var values = Dictionary(
            Option.all.map { ($0.name, kept[$0.name] ?? $0.standard) },
            uniquingKeysWith: { first, _ in first }
        )
        // The settings file speaks where nobody has said anything here.
        if values[Option.registration.name]?.isEmpty ?? true {
            values[Option.registration.name] = call.console.settings.isOpenForRegistration ? "true" : "false"
        }
        return values
    }

    static func truth(_ option: Option, in call: Call) throws(GatewayError) -> Bool {
        try all(in: call)[option.name] == "true"
    }

    static func integer(_ option: Option, in call: Call) throws(GatewayError) -> Int {
        try all(in: call)[option.name].flatMap(Int.init) ?? 0
    }
}
