/// Recognises a picture by its first bytes and finds its size in its header.
///
/// Sources: ISO/IEC 10918-1, annex B (JPEG); PNG specification, 5.2 and 11.2.2; GIF89a specification, 17 and 18;
/// RFC 9649 (WebP).
public enum ImageHeader {
    /// How many bytes from the start are enough: a JPEG may carry profiles and previews before its size.
    public static let sufficientCount = 1 << 20

    /// The format and the size; nil when the bytes are no JPEG, PNG, WebP or GIF, or break off inside the header.
    public static func read(_ bytes: [UInt8]) -> (format: MediaFormat, size: ImageSize)? {
        guard let (format, size) = png(bytes) ?? jpeg(bytes) ?? gif(bytes) ?? webp(bytes),
            size.width > 0, size.height > 0
        else { return nil }
        return (format, size)
    }

    private static func png(_ bytes: [UInt8]) -> (MediaFormat, ImageSize)? {
        guard bytes.count >= 24, bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
            bytes[12..<16].elementsEqual("IHDR".utf8)
        else { return nil }
        let (width, height) = (big(bytes, 16, 4), big(bytes, 20, 4))
        guard width <= Int(Int32.max), height <= Int(Int32.max) else { return nil }
        return (.png, ImageSize(width: width, height: height))
    }

    private static func gif(_ bytes: [UInt8]) -> (MediaFormat, ImageSize)? {
        guard bytes.count >= 10, bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) else {
            return nil
        }
        return (.gif, ImageSize(width: little(bytes, 6, 2), height: little(bytes, 8, 2)))
    }

    /// Goes from segment to segment until one begins a frame.
    private static func jpeg(_ bytes: [UInt8]) -> (MediaFormat, ImageSize)? {
        guard bytes.starts(with: [0xFF, 0xD8, 0xFF]) else { return nil }
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            switch marker {
            case 0xFF:  // a fill byte
                position += 1
            case 0x01, 0xD0...0xD7:  // markers without a segment
                position += 2
            case 0xC0...0xCF where marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
                guard position + 9 <= bytes.count else { return nil }
                let size = ImageSize(width: big(bytes, position + 7, 2), height: big(bytes, position + 5, 2))
                return (.jpeg, size)
            case 0xD8, 0xD9, 0xDA:  // picture data before any frame
                return nil
            default:
                let length = big(bytes, position + 2, 2)
                guard length >= 2 else { return nil }
                position += 2 + length
            }
        }
        return nil
    }

    private static func webp(_ bytes: [UInt8]) -> (MediaFormat, ImageSize)? {
        guard bytes.count >= 30, bytes.starts(with: "RIFF".utf8), bytes[8..<12].elementsEqual("WEBP".utf8)
        else { return nil }
        switch String(decoding: bytes[12..<16], as: UTF8.self) {
        case "VP8 ":
            guard bytes[23..<26].elementsEqual([0x9D, 0x01, 0x2A]) else { return nil }
            let size = ImageSize(
                width: little(bytes, 26, 2) & 0x3FFF,
                height: little(bytes, 28, 2) & 0x3FFF
            )
            return (.webp, size)
        case "VP8L":
            guard bytes[20] == 0x2F else { return nil }
            let bits = little(bytes, 21, 4)
            return (.webp, ImageSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1))
        case "VP8X":
            return (.webp, ImageSize(width: little(bytes, 24, 3) + 1, height: little(bytes, 27, 3) + 1))
        default:
            return nil
        }
    }

    private static func big(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
        bytes[offset..<(offset + count)].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func little(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
        bytes[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
