public import MartletCore
import MartletProviders
import MartletUpstream

/// Asks vendors what they tell of themselves: which models a key may use, and what is left of its money.
///
/// Nothing is charged for it. Safe from any thread.
public struct ChannelInquiry: Sendable {
    private static let limits = UpstreamLimits(
        firstByte: .seconds(10),
        idle: .seconds(10),
        total: .seconds(20)
    )
    private let gateway: Gateway

    /// Asks through a gateway.
    public init(_ gateway: Gateway) {
        self.gateway = gateway
    }

    /// The names of the models that a channel's first key may use; nil where such a vendor does not tell.
    ///
    /// - Throws: `GatewayError` where the vendor refuses, or cannot be reached.
    public func models(of channel: Channel) throws(GatewayError) -> [String]? {
        let adapter = adapter(of: channel)
        guard let question = adapter.modelList(at: endpoint(of: channel)) else { return nil }
        return try telling(of: channel) { caller in
            let answer = try caller.call(question)
            guard answer.isSuccess else {
                throw adapter.failure(status: answer.status, fields: answer.fields, body: answer.body)
            }
            guard let names = VendorModelNames.read(answer.body) else {
                throw UpstreamFailure(.serverFailed, text: "The answer is no list of models.")
            }
            return names
        }
    }

    /// What is left of the money of a channel's first key; nil where such a vendor does not tell.
    ///
    /// - Throws: `GatewayError` where the vendor refuses, or cannot be reached.
    public func balance(of channel: Channel) throws(GatewayError) -> Credits? {
        guard channel.kind == .openai || channel.kind == .compatible else { return nil }
        return try telling(of: channel) { caller in
            try OpenAIBalance(endpoint(of: channel)).ask(through: caller)
        }
    }

    private func adapter(of channel: Channel) -> any ProviderAdapter {
        gateway.planner.vendors.adapter(
            for: channel.kind,
            card: ModelCard(id: ModelName(""), maker: "", uses: [.chat])
        )
    }

    private func endpoint(of channel: Channel) -> Endpoint {
        Endpoint(
            origin: channel.address,
            key: channel.keys.first?.secret ?? Secret(""),
            traits: channel.traits
        )
    }

    private func telling<Answer>(
        of channel: Channel,
        _ ask: (WholeAnswers) throws -> Answer
    ) throws(GatewayError) -> Answer {
        do {
            return try ask(
                WholeAnswers(
                    through: gateway.upstream,
                    limits: Self.limits,
                    by: channel.proxy,
                    watching: NoClient()
                )
            )
        } catch let failure as UpstreamFailure {
            throw failure.gatewayError(from: adapter(of: channel).name)
        } catch {
            throw GatewayError(.upstreamFailure, "The call failed.")
        }
    }
}
