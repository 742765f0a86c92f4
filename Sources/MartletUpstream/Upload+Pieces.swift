public import Curl
public import MartletCore

extension Upload {
    /// A body of several pieces, one behind the other, each decoded when its turn comes.
    public init(of pieces: [MediaBytes]) {
        self.init(size: pieces.reduce(0) { $0 + $1.count }) {
            var readers = pieces.map { $0.reader() }[...]
            return { count in
                while var reader = readers.popFirst() {
                    let bytes = reader.read(count)
                    guard !bytes.isEmpty else { continue }
                    readers.insert(reader, at: readers.startIndex)
                    return bytes
                }
                return []
            }
        }
    }
}
