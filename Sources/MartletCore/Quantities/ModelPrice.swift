/// What a model costs.
///
/// Prices of tokens are in millionths of a millionth of a US dollar each, which is the price of a million tokens in
/// millionths of a dollar: whole numbers for every price that vendors publish. All else is in `Credits`.
public struct ModelPrice: Sendable, Hashable {
    /// A token of the prompt.
    public var input: Int64
    /// A token of the answer.
    public var output: Int64
    /// A token of the prompt that was read from a cache; nil for that of any other.
    public var cachedInput: Int64?
    /// A token of the prompt that was written to a cache; nil for a quarter more than any other.
    public var cacheWrite: Int64?
    /// The same for an hour; nil for twice the price of any other.
    public var hourCacheWrite: Int64?
    /// A token of sound in the prompt; nil for that of any other.
    public var audioInput: Int64?
    /// A token of sound in the answer; nil for that of any other.
    public var audioOutput: Int64?
    /// A token of a picture in the answer; nil for that of any other.
    public var imageOutput: Int64?
    /// A picture.
    public var image = Credits.zero
    /// A second of sound.
    public var second = Credits.zero
    /// A character that is read aloud.
    public var character = Credits.zero
    /// A call, whatever it takes.
    public var call = Credits.zero

    /// Makes a price by token; see the properties.
    public init(input: Int64 = 0, output: Int64 = 0) {
        self.input = input
        self.output = output
    }

    /// Whether what a call costs is known before it is made.
    public var isFixed: Bool {
        input == 0 && output == 0 && image == .zero && second == .zero && character == .zero
    }

    /// What a call costs, rounded up to the next unit.
    ///
    /// - Parameters:
    ///   - work: what was done.
    ///   - ratio: what the caller pays of the price, in millionths.
    /// - Returns: the amount.
    public func charge(for work: Work, ratio: Int = 1_000_000) -> Credits {
        let usage = work.usage
        let special = usage.cachedInput + usage.cacheWrite + usage.hourCacheWrite + usage.audioInput
        let specialOutput = usage.audioOutput + usage.imageOutput
        var sum: Int128 = 0
        // Whatever a vendor counts and whatever somebody sets: no product leaves 128 bits.
        func add(_ count: TokenCount, _ price: Int64) {
            sum += Int128(min(max(0, count.value), 1 << 40)) * Int128(min(price, 1 << 50))
        }
        add(usage.input - special, input)
        add(usage.cachedInput, cachedInput ?? input)
        add(usage.cacheWrite, cacheWrite ?? input + input / 4)
        add(usage.hourCacheWrite, hourCacheWrite ?? 2 * input)
        add(usage.audioInput, audioInput ?? input)
        add(usage.output - specialOutput, output)
        add(usage.audioOutput, audioOutput ?? output)
        add(usage.imageOutput, imageOutput ?? output)
        func add(_ count: Int, _ price: Credits) {
            sum += Int128(min(max(0, count), 1 << 30)) * Int128(min(price.nano, 1 << 50)) * 1_000
        }
        add(work.images, image)
        add(work.seconds, second)
        add(work.characters, character)
        add(1, call)
        let charged = sum * Int128(min(max(0, ratio), 1 << 30))
        let unit: Int128 = 1_000_000 * 1_000
        return Credits(nano: Int64(clamping: (charged + unit - 1) / unit))
    }

    /// What was done for a call.
    public struct Work: Sendable, Equatable {
        /// Tokens of every class.
        public var usage: TokenUsage
        /// Pictures that were made.
        public var images = 0
        /// Seconds of sound that were heard, rounded up.
        public var seconds = 0
        /// Characters that were read aloud.
        public var characters = 0

        /// Work of tokens alone.
        public init(_ usage: TokenUsage) {
            self.usage = usage
        }
    }
}
