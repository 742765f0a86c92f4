import MartletCore
import MartletWeb

/// A part of a list: `p` counts from 1, and `page_size`, `size` and `ps` all say how long it is.
struct Page: Sendable {
    private static let longest = 100
    let number: Int
    let size: Int

    var offset: Int { (number - 1) * size }

    /// - Throws: `GatewayError` of kind `invalidRequest` that names the parameter.
    init(_ query: Query) throws(GatewayError) {
        number = max(1, try query.integer("p", in: 0...1_000_000) ?? 1)
        var found: Int?
        for name in ["page_size", "size", "ps"] where found == nil {
            found = try query.integer(name, in: 0...1_000_000)
        }
        // A longer page than there is gets the longest: clients ask for all that there is.
        size = min(max(1, found ?? 20), Self.longest)
    }

    /// The list as clients expect it.
    func list(_ items: [JSON], total: Int) -> JSON {
        ["items": .array(items), "total": JSON(total), "page": JSON(number), "page_size": JSON(size)]
    }
}
