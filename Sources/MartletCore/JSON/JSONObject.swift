/// The members of a JSON object, in order.
///
/// Keys are compared by their bytes, as RFC 8259 has it, and not by canonical equivalence. Few members are
/// searched one by one; more than 16 get an index, so that an object with very many stays linear.
public struct JSONObject: Sendable {
    /// One member.
    public typealias Element = (key: String, value: JSON)

    private static let longestUnindexed = 16

    private var members: [Element] = []
    private var index: [JSONKey: Int]?

    /// An object without members.
    public init() {}

    /// Members in order; of equal keys the last value stays, in the place of the first.
    public init(_ members: some Sequence<(String, JSON)>) {
        for (key, value) in members {
            set(key, to: value)
        }
    }

    /// The number of members.
    public var count: Int { members.count }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }

    /// The member called `key`.
    ///
    /// A new member goes to the end, a known one keeps its place; assigning nil removes it. To store a JSON
    /// null assign `.some(.null)` or `JSON.null`.
    public subscript(_ key: String) -> JSON? {
        get {
            position(of: key).map { members[$0].value }
        }
        set {
            if let newValue {
                set(key, to: newValue)
            } else {
                removeValue(forKey: key)
            }
        }
    }

    /// Removes the member called `key` and returns its value, nil where there is none.
    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSON? {
        guard let position = position(of: key) else { return nil }
        let removed = members.remove(at: position).value
        rebuildIndex()
        return removed
    }

    /// Stores a member: a new one at the end, a known one in its place.
    mutating func set(_ key: consuming String, to value: consuming JSON) {
        if let position = position(of: key) {
            members[position].value = value
            return
        }
        // The array would begin with room for one.
        if members.isEmpty { members.reserveCapacity(4) }
        members.append((key, value))
        if index != nil {
            index?[JSONKey(text: key)] = members.count - 1
        } else if members.count > Self.longestUnindexed {
            rebuildIndex()
        }
    }

    private func position(of key: String) -> Int? {
        if let index { return index[JSONKey(text: key)] }
        // Most keys differ in length already, which costs no call.
        let length = key.utf8.count
        for position in members.indices where members[position].key.utf8.count == length {
            if JSONKey(text: members[position].key) == JSONKey(text: key) { return position }
        }
        return nil
    }

    private mutating func rebuildIndex() {
        index = nil
        guard members.count > Self.longestUnindexed else { return }
        var index: [JSONKey: Int] = [:]
        index.reserveCapacity(members.count * 2)
        for (position, member) in members.enumerated() {
            index[JSONKey(text: member.key)] = position
        }
        self.index = index
    }
}

extension JSONObject: Equatable {
    /// Whether both have the same members, in whatever order.
    public static func == (one: JSONObject, other: JSONObject) -> Bool {
        one.count == other.count && one.allSatisfy { other[$0.key] == $0.value }
    }
}

extension JSONObject: Sequence {
    /// Goes through the members in order.
    public func makeIterator() -> IndexingIterator<[Element]> {
        members.makeIterator()
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Members in the order written; of equal keys the last value stays.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self.init(elements)
    }
}
