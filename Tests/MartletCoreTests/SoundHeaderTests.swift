import Testing

@testable import MartletCore

@Suite("Sound files")
struct SoundHeaderTests {
    @Test(
        arguments: [
            ([0x49, 0x44, 0x33], "x", nil, "mp3"), ([0xff, 0xfb, 0x90], "x.wav", nil, "mp3"),
            (Array("RIFF0000WAVE".utf8), "x.mp3", "audio/mpeg", "wav"), (Array("fLaC".utf8), "", nil, "flac"),
            (Array("OggS".utf8), "", nil, "ogg"), ([0x1a, 0x45, 0xdf, 0xa3], "", nil, "webm"),
            (Array("0000ftypM4A ".utf8), "a.m4a", nil, "m4a"),
            (Array("0000ftypisom".utf8), "a.mp4", nil, "mp4"),
            ([0, 0], "Voice.MPGA", nil, "mp3"), ([0, 0], "voice", "audio/x-m4a", "m4a"),
            ([0, 0], "a.txt", "text/plain", nil),
            ([], "", nil, nil), ([0xff], ".", nil, nil),
        ] as [([UInt8], String, String?, String?)]
    )
    func `a sound is known by its bytes, its name or its type`(
        bytes: [UInt8],
        name: String,
        type: String?,
        ending: String?
    ) {
        #expect(SoundHeader.format(bytes[...], name: name, type: type)?.ending == ending)
    }

    @Test
    func `a WAV file tells its length`() {
        let format: [UInt8] = [1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0]
        let head = Array("RIFF0000WAVE".utf8) + Array("fmt ".utf8) + [16, 0, 0, 0] + format
        let whole = head + Array("data".utf8) + [0x40, 0x1f, 0, 0] + [UInt8](repeating: 0, count: 8_000)
        #expect(SoundHeader.seconds(whole[...]) == 1)
        #expect(SoundHeader.seconds(([9, 9] + whole).dropFirst(2)) == 1)
        for length in 0..<60 { _ = SoundHeader.seconds(whole[..<min(length, whole.count)]) }
        #expect(SoundHeader.seconds(Array("RIFF0000WAVE".utf8)[...]) == nil)
        let huge = head + Array("data".utf8) + [0xff, 0xff, 0xff, 0xff] + [0, 0]
        #expect(SoundHeader.seconds(huge[...]).map { $0 < 1 } == true)
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base64 is as RFC 4648 has it`(text: String, expected: String) {
        #expect(String(decoding: Base64Encoding.quoted(Array(text.utf8)), as: UTF8.self) == "\"\(expected)\"")
    }
}
