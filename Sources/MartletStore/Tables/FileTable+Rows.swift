extension FileTable {
    /// What is known of a file.
    public struct Row: Sendable, Equatable {
        /// Names it towards the client, for example `file-…`.
        public var id: String
        /// The hash of the key that it belongs to.
        public var owner: String
        /// Its name, as the client gave it.
        public var name: String
        /// What the client wants it for.
        public var purpose: String
        /// Its content type.
        public var type: String
        /// How many bytes it has.
        public var size: Int
        /// When it came, in seconds since 1970.
        public var created: Int
        /// From when on it counts as gone, in seconds since 1970.
        public var expires: Int
        /// Its place at the vendor.
        public var assetPath: String
        /// Its id at the vendor; nil where there is none.
        public var assetID: String?

        /// Makes a row; see the properties.
        public init(
            id: String,
            owner: String,
            name: String,
            purpose: String,
            type: String,
            size: Int,
            created: Int,
            expires: Int,
            assetPath: String,
            assetID: String?
        ) {
            self.id = id
            self.owner = owner
            self.name = name
            self.purpose = purpose
            self.type = type
            self.size = size
            self.created = created
            self.expires = expires
            self.assetPath = assetPath
            self.assetID = assetID
        }
    }

    /// Which files of an owner, in which order.
    public struct Selection: Sendable, Equatable {
        /// Only those for this purpose.
        public var purpose: String?
        /// Only those behind this one, in the order chosen.
        public var after: Row?
        /// Whether the oldest comes first.
        public var isAscending: Bool
        /// How many at most.
        public var limit: Int

        /// Makes a selection; see the properties.
        public init(purpose: String?, after: Row?, isAscending: Bool, limit: Int) {
            self.purpose = purpose
            self.after = after
            self.isAscending = isAscending
            self.limit = limit
        }
    }
}
