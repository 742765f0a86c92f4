import HTTPTypes
import MartletAccounts
import MartletCore
import MartletProviders
import MartletStore
import MartletUpstream

/// Asks a channel for a single token, because somebody wants to know whether it works.
///
/// The call is a real one, and may cost something. Safe from any thread.
public struct ChannelProbe: Sendable {
    /// What came of it.
    public struct Outcome: Sendable {
        /// What is wrong; nil where the channel works.
        public var problem: String?
        /// The model that was asked.
        public var model: String
        /// How long it took.
        public var duration: Duration
    }

    private static let longestAnswer = 1 << 20
    private let gateway: Gateway

    /// Asks through a gateway.
    public init(_ gateway: Gateway) {
        self.gateway = gateway
    }

    /// Asks a channel.
    ///
    /// - Parameters:
    ///   - name: the channel's name.
    ///   - model: as clients name it; nil for the first that the channel lists.
    /// - Returns: what came of it.
    public func ask(_ name: String, model: String?) -> Outcome {
        let start = ContinuousClock.now
        var asked = model ?? ""
        do {
            let revision = try gateway.books.channelRevision()
            gateway.planner.source.see(revision)
            guard let channel = gateway.planner.directory.channel(name) else {
                return Outcome(problem: "The channel is disabled.", model: asked, duration: .zero)
            }
            guard let wanted = model ?? channel.models.first?.name.text else {
                return Outcome(problem: "The channel lists no model: name one.", model: "", duration: .zero)
            }
            asked = wanted
            try ask(channel, ModelName(wanted))
            return Outcome(problem: nil, model: asked, duration: .now - start)
        } catch let error as GatewayError {
            return Outcome(problem: error.message, model: asked, duration: .now - start)
        } catch {
            return Outcome(problem: "The call failed.", model: asked, duration: .now - start)
        }
    }

    private func ask(_ channel: Channel, _ model: ModelName) throws {
        var asker = Caller(key: Secret("probe"), address: "", access: AccessRule(isOpen: true))
        asker.group = channel.groups.first ?? asker.group
        let way = try gateway.planner.route(
            to: model,
            at: channel.name,
            for: asker,
            key: Secret(""),
            use: nil,
            now: gateway.now()
        )
        guard let target = way.next() else { throw gateway.planner.missing(model) }
        do throws(UpstreamFailure) {
            try call(target)
            way.report(nil, of: target)
        } catch {
            way.report(error, of: target)
            throw error.gatewayError(from: target.adapter.name)
        }
    }

    private func call(_ target: Target) throws(UpstreamFailure) {
        var chat = ChatRequest(model: target.card.id, messages: [Message(role: .user, parts: [.text("Hi")])])
        chat.maximumTokens = 1
        do {
            let request = try target.adapter.upstreamRequest(for: chat, at: target.endpoint)
            let calling = WholeAnswers(
                through: gateway.upstream,
                limits: target.limits,
                by: target.proxy,
                watching: NoClient()
            )
            let answer = try calling.call(request, limit: Self.longestAnswer)
            guard answer.isSuccess else {
                throw target.adapter.failure(status: answer.status, fields: answer.fields, body: answer.body)
            }
            var decoder = target.adapter.decoder(for: chat, contentType: answer.fields[.contentType])
            var events: [ChatEvent] = []
            try decoder.decode(answer.body, into: &events)
            try decoder.finish(into: &events)
        } catch let failure as UpstreamFailure {
            throw failure
        } catch {
            throw UpstreamFailure(.serverFailed, text: "The answer cannot be read.", detail: "\(error)")
        }
    }
}
