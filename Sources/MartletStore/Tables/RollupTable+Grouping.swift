extension RollupTable {
    /// By what the sums of one kind are told apart, the fewest first.
    ///
    /// The more is told apart, the more sums there are of a period; who asks is answered from the first that tells enough.
    enum Grouping: String, CaseIterable {
        case everything = ""
        case model = "m"
        case channel = "c"
        case account = "a"
        case accountAndModel = "am"
        case all = "*"

        /// What tells its sums apart.
        var dimensions: Set<Dimension> {
            switch self {
            case .everything: []
            case .model: [.model]
            case .channel: [.channel, .channelKey]
            case .account: [.account]
            case .accountAndModel: [.account, .model]
            case .all: Set(Dimension.allCases)
            }
        }

        /// The name of its sums in the table.
        func cube(_ grain: Grain) -> String { grain.rawValue + rawValue }

        /// The first that tells what is asked for.
        static func telling(_ selection: Selection) -> Grouping {
            var wanted = selection.dimensions
            if selection.account != nil { wanted.insert(.account) }
            if selection.key != nil { wanted.insert(.key) }
            return allCases.first { $0.dimensions.isSuperset(of: wanted) } ?? .all
        }
    }
}
