/// The difference between the tokens that a request was counted with and those that it took.
struct WindowCorrection: Sendable {
    /// What was counted, and where.
    let receipt: AdmissionReceipt
    /// Tokens to add; negative when the estimate was too high.
    let difference: Int
}
