public import MartletCore

/// What is wrong with something that an account is made of.
public struct AccountFault: Error, Sendable, Equatable {
    /// Which field.
    public let field: String
    /// What is wrong with it, as a sentence without a full stop.
    public let problem: String

    /// Names what is wrong; see the properties.
    public init(field: String, problem: String) {
        self.field = field
        self.problem = problem
    }
}

/// What names, passwords, groups and limits may be.
public enum AccountRules {
    /// A name for signing in: 3 to 64 letters, digits, and `._@+-`.
    public static func username(_ text: String) throws(AccountFault) -> String {
        let isSound = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x40, 0x5F: true
            default: false
            }
        }
        guard isSound, (3...64).contains(text.utf8.count) else {
            throw AccountFault(
                field: "username",
                problem: "The user name must be 3 to 64 letters, digits, and any of . _ @ + -"
            )
        }
        return text
    }

    /// A password: 8 to 256 characters.
    ///
    /// Source: NIST SP 800-63B, 3.1.1.2: a length, and no rules of composition.
    public static func password(_ text: String) throws(AccountFault) -> Secret {
        guard (8...256).contains(text.count), text.utf8.count <= 1_024 else {
            throw AccountFault(field: "password", problem: "The password must have 8 to 256 characters")
        }
        return Secret(text)
    }

    /// A group: 1 to 64 lowercase letters, digits, `-` and `_`, the first a letter or a digit.
    public static func group(_ text: String) throws(AccountFault) -> String {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
        }
        guard let first = text.utf8.first, isLetterOrDigit(first), text.utf8.count <= 64,
            text.utf8.allSatisfy({ isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x5F })
        else {
            throw AccountFault(
                field: "group",
                problem: "The group must be 1 to 64 lowercase letters, digits, - and _"
            )
        }
        return text
    }

    /// A text for people: at most so many characters, none of them a control character.
    public static func text(_ text: String, field: String, atMost most: Int = 200) throws(AccountFault)
        -> String
    {
        guard text.count <= most, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
        else {
            throw AccountFault(
                field: field,
                problem: "'\(field)' must have at most \(most) characters on one line"
            )
        }
        return text
    }

    /// Models of a key: at most 1,000 names or patterns, without commas.
    public static func models(_ texts: [String]) throws(AccountFault) -> [String] {
        guard texts.count <= 1_000,
            texts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 200 && !$0.contains(",") })
        else {
            throw AccountFault(
                field: "models",
                problem: "'models' must be at most 1,000 names of 1 to 200 characters"
            )
        }
        return texts == ["*"] ? [] : texts
    }
}
