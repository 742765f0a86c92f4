extension Base64Text {
    /// The characters, copied out of where they were read.
    public var spelling: String { text.string }
}
