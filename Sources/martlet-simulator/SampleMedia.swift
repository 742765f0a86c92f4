import MartletCore

/// The bytes of little pictures and sounds, in the formats that the service gives.
enum SampleMedia {
    /// Two by two points, red above blue.
    static let picture: [UInt8] = bytes(
        "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000001149444154789c63f8cfc0"
            + "00440c60f23f001bf203fdf3e74bb10000000049454e44ae426082"
    )

    /// A sound in one of OpenAI's formats, and its content type.
    static func sound(_ format: String) -> (bytes: [UInt8], type: String) {
        let silence = [UInt8](repeating: 0, count: 4_000)
        switch format {
        case "wav": return (wave, "audio/wav")
        case "opus": return (Array("OggS".utf8) + silence, "audio/ogg")
        case "aac": return ([0xff, 0xf1, 0x50, 0x80] + silence, "audio/aac")
        case "flac": return (Array("fLaC".utf8) + silence, "audio/flac")
        case "pcm": return (silence, "application/octet-stream")
        default: return ([0xff, 0xfb, 0x90, 0x64] + silence, "audio/mpeg")
        }
    }

    /// A quarter of a second of silence, 8,000 samples a second of one byte.
    private static let wave: [UInt8] = {
        let samples = [UInt8](repeating: 0x80, count: 2_000)
        func number(_ value: Int, _ size: Int) -> [UInt8] {
            (0..<size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        let format =
            number(1, 2) + number(1, 2) + number(8_000, 4) + number(8_000, 4) + number(1, 2) + number(8, 2)
        return Array("RIFF".utf8) + number(36 + samples.count, 4) + Array("WAVEfmt ".utf8) + number(16, 4)
            + format
            + Array("data".utf8) + number(samples.count, 4) + samples
    }()

    private static func bytes(_ digits: String) -> [UInt8] {
        let nibbles = digits.compactMap { $0.hexDigitValue }
        return stride(from: 0, to: nibbles.count - 1, by: 2).map { UInt8(nibbles[$0] << 4 | nibbles[$0 + 1]) }
    }
}
