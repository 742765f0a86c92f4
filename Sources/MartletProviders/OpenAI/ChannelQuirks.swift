/// The names of the setting `quirks`.
public enum ChannelQuirks {
    /// All names that have an effect; see `OpenAIQuirks`.
    public static var names: Set<String> { OpenAIQuirks.names }
}
