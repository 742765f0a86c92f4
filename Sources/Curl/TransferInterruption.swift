/// Why a transfer was given up although nothing was wrong with it.
public enum TransferInterruption: Error, Equatable, Sendable {
    /// The watched descriptor became readable, was hung up or failed: whoever waits for the answer has left.
    case watchedDescriptorReady
}
