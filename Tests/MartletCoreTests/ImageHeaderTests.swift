import MartletCore
import Testing

@Suite struct ImageHeaderTests {
    static let pictures: [(format: MediaFormat, bytes: [UInt8])] = [
        (
            .png,
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + "IHDR".utf8 + [
                0, 0, 1, 44, 0, 0, 0, 200,
            ]
        ),
        (.gif, "GIF87a".utf8 + [44, 1, 200, 0]),
        (.gif, "GIF89a".utf8 + [44, 1, 200, 0]),
        (.jpeg, [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC0, 0, 17, 8, 0, 200, 1, 44]),
        (.jpeg, [0xFF, 0xD8, 0xFF, 0xDB, 0, 3, 1, 0xFF, 0xFF, 0xFF, 0xC2, 0, 17, 8, 0, 200, 1, 44]),
        (
            .webp,
            "RIFF".utf8 + [0, 0, 0, 0] + "WEBPVP8 ".utf8 + [
                0, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 44, 1, 200, 0,
            ]
        ),
        (
            .webp,
            "RIFF".utf8 + [0, 0, 0, 0] + "WEBPVP8L".utf8 + [
                0, 0, 0, 0, 0x2F, 0x2B, 0xC1, 0x31, 0, 0, 0, 0, 0, 0,
            ]
        ),
        (
            .webp,
            "RIFF".utf8 + [0, 0, 0, 0] + "WEBPVP8X".utf8 + [10, 0, 0, 0, 0, 0, 0, 0, 43, 1, 0, 199, 0, 0]
        ),
    ]

    @Test(arguments: pictures.indices)
    func `every format shows itself and its size`(index: Int) throws {
        let picture = Self.pictures[index]
        for tail in [[], [UInt8](repeating: 7, count: 100)] {
            let (format, size) = try #require(ImageHeader.read(picture.bytes + tail))
            #expect(format == picture.format)
            #expect(size == ImageSize(width: 300, height: 200))
        }
    }

    @Test(arguments: pictures.indices)
    func `a header that breaks off anywhere is none`(index: Int) {
        let bytes = Self.pictures[index].bytes
        for count in 0..<bytes.count { #expect(ImageHeader.read(Array(bytes.prefix(count))) == nil) }
    }

    @Test(arguments: pictures.indices)
    func `a header with any byte changed is read or not, without a crash`(index: Int) {
        let bytes = Self.pictures[index].bytes
        for place in bytes.indices {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var changed = bytes
                changed[place] = value
                if let (_, size) = ImageHeader.read(changed) { #expect(size.width > 0 && size.height > 0) }
            }
        }
    }

    @Test func `a profile before the frame is passed over`() throws {
        let profile = [0xFF, 0xE2, 0xFF, 0xFF] + [UInt8](repeating: 0xFF, count: 65_533)
        let bytes = [0xFF, 0xD8] + profile + profile + [0xFF, 0xC1, 0, 17, 8, 0, 2, 0, 3]
        #expect(try #require(ImageHeader.read(bytes)).size == ImageSize(width: 3, height: 2))
    }

    @Test(arguments: ["", "BM", "<svg/>", "%PDF-1.7", "II*\0", "\0\0\0 ftypheic", "RIFF0000WAVEfmt "])
    func `anything else is no picture`(text: String) {
        #expect(ImageHeader.read(Array(text.utf8) + [UInt8](repeating: 1, count: 64)) == nil)
    }
}
