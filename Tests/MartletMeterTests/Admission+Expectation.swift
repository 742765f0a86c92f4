import MartletMeter

/// An admission is another than the test needs to go on.
struct UnexpectedAdmission: Error {
    /// What the limiter said.
    let admission: Admission
}

extension Admission {
    /// The receipt of an admitted request.
    func receipt() throws -> AdmissionReceipt {
        guard case .admitted(let receipt, _) = self else { throw UnexpectedAdmission(admission: self) }
        return receipt
    }

    /// Where the subjects of an admitted request stand.
    func states() throws -> [LimitState] {
        guard case .admitted(_, let states) = self else { throw UnexpectedAdmission(admission: self) }
        return states
    }

    /// What a request ran into.
    func refusal() throws -> LimitRefusal {
        switch self {
        case .admitted: throw UnexpectedAdmission(admission: self)
        case .refused(let refusal, _), .neverFits(let refusal): return refusal
        }
    }

    /// How long a refused request has to wait.
    func wait() throws -> Duration {
        guard case .refused(_, let wait) = self else { throw UnexpectedAdmission(admission: self) }
        return wait
    }
}
