/// Recognises a sound file by its first bytes, else by its name or by what its sender calls it.
///
/// Sources: RFC 9639 (FLAC), RFC 3533 (Ogg), RFC 8794 (EBML), ISO/IEC 14496-12, ISO/IEC 11172-3, the WAVE format.
public enum SoundHeader {
    private static let endings: [String: MediaFormat] = [
        "mp3": mp3, "mpeg": mp3, "mpga": mp3, "wav": wav, "flac": flac, "ogg": ogg, "oga": ogg, "opus": ogg,
        "webm": webm, "m4a": m4a, "mp4": mp4,
    ]
    private static let types: [String: MediaFormat] = [
        "audio/mpeg": mp3, "audio/mp3": mp3, "audio/mpga": mp3, "audio/wav": wav, "audio/x-wav": wav,
        "audio/wave": wav, "audio/vnd.wave": wav, "audio/flac": flac, "audio/x-flac": flac, "audio/ogg": ogg,
        "audio/opus": ogg, "audio/webm": webm, "video/webm": webm, "audio/mp4": m4a, "audio/m4a": m4a,
        "audio/x-m4a": m4a, "video/mp4": mp4,
    ]
    private static let mp3 = MediaFormat(type: "audio/mpeg", ending: "mp3")
    private static let wav = MediaFormat(type: "audio/wav", ending: "wav")
    private static let flac = MediaFormat(type: "audio/flac", ending: "flac")
    private static let ogg = MediaFormat(type: "audio/ogg", ending: "ogg")
    private static let webm = MediaFormat(type: "audio/webm", ending: "webm")
    private static let m4a = MediaFormat(type: "audio/mp4", ending: "m4a")
    private static let mp4 = MediaFormat(type: "video/mp4", ending: "mp4")

    /// The format; nil when neither the bytes nor the name nor the type is that of a sound.
    public static func format(_ bytes: ArraySlice<UInt8>, name: String, type: String?) -> MediaFormat? {
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return format(Array(bytes.prefix(16)), isVideo: ending == "mp4") ?? endings[ending]
            ?? type.flatMap { types[$0] }
    }

    private static func format(_ head: [UInt8], isVideo: Bool) -> MediaFormat? {
        func has(_ mark: some Sequence<UInt8>, at place: Int = 0) -> Bool {
            head.dropFirst(place).starts(with: mark)
        }
        if has("ID3".utf8) { return mp3 }
        if head.count >= 2, head[0] == 0xff, [0xfb, 0xf3, 0xf2, 0xfa].contains(head[1]) { return mp3 }
        if has("RIFF".utf8), has("WAVE".utf8, at: 8) { return wav }
        if has("fLaC".utf8) { return flac }
        if has("OggS".utf8) { return ogg }
        if has([0x1a, 0x45, 0xdf, 0xa3]) { return webm }
        if has("ftyp".utf8, at: 4) { return isVideo ? mp4 : m4a }
        return nil
    }

    /// How long a WAV file is, in seconds; nil for other formats and for a header that contradicts itself.
    public static func seconds(_ bytes: ArraySlice<UInt8>) -> Double? {
        guard bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WAVE".utf8) else {
            return nil
        }
        func number(_ place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << ($1 * 8) } }
        var place = bytes.startIndex + 12
        var rate: Int?
        while place + 8 <= bytes.endIndex {
            let size = number(place + 4)
            if bytes[place...].starts(with: "fmt ".utf8), size >= 16, place + 24 <= bytes.endIndex {
                rate = number(place + 16)
            } else if bytes[place...].starts(with: "data".utf8) {
                guard let rate, rate > 0 else { return nil }
                return Double(min(size, bytes.endIndex - place - 8)) / Double(rate)
            }
            place += 8 + size + size % 2
        }
        return nil
    }
}
