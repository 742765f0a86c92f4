import Logging
import MartletCore
import MartletGateway
import MartletProviders
import MartletStore

/// What the settings and the state folder say of channels and models, for commands that only look.
struct Outlook {
    /// A model as clients see it.
    struct Row {
        let name: String
        let channels: [String]
        let contextLimit: Int?
        let outputLimit: Int?

        var json: JSON {
            [
                "model": .string(name), "channels": .array(channels.map { .string($0) }),
                "context": contextLimit.map { JSON($0) } ?? .null,
                "output": outputLimit.map { JSON($0) } ?? .null,
            ]
        }
    }

    let planner: RoutePlanner
    private let directory: ChannelDirectory
    private let catalogue: CatalogueKeeper
    private let facts = BundledCatalogue.prices

    /// Reads the settings.
    ///
    /// - Throws: an exit code, after the faults have been written.
    init(_ options: CommonOptions) throws {
        let surroundings = Surroundings(options)
        let configuration: Configuration
        do {
            configuration = try surroundings.configuration()
        } catch {
            throw Failure.settings(error)
        }
        let state: StateFolder
        do {
            state = try StateFolder(surroundings.statePath)
        } catch {
            throw Failure.start(error)
        }
        let facts = facts
        let store = Store(path: state.path(configuration.databasePath))
        let stored = StoredChannels(
            vault: MasterKeys(configuration, state: state).vault,
            logger: Logger(label: "martlet") { _ in SwiftLogNoOpLogHandler() }
        )
        let kept = try? store.read { tables throws(StoreError) in
            (try tables.channels.all(), try tables.channels.keys(of: 0))
        }
        let managed = kept.map { stored.channels($0.0, keys: $0.1) } ?? []
        directory = ChannelDirectory(
            (configuration.channels + managed).map(facts.completed),
            fallbacks: configuration.fallbacks,
            rules: configuration.models
        )
        catalogue = CatalogueKeeper(
            file: StateFile(path: state.path("catalogue.json")),
            bundled: BundledCatalogue.models,
            aliases: BundledCatalogue.aliases,
            rules: configuration.models
        )
        planner = RoutePlanner(
            catalogue: catalogue,
            source: ChannelSource(directory),
            vendors: Composition.vendors,
            states: KeyStates(
                store: store,
                board: nil,
                rule: configuration.breaker,
                now: WallClock.milliseconds
            ),
            limits: configuration.upstream
        )
    }

    /// All models: those of channels, then those of catalogues.
    var models: [Row] {
        var rows = directory.models.map { name, offers in
            Row(
                name: name.text,
                channels: offers.map(\.channel.name),
                contextLimit: offers.first?.model.contextLimit,
                outputLimit: offers.first?.model.outputLimit
            )
        }
        let names = Set(rows.map(\.name))
        let live = directory.channels.filter(\.kind.hasCatalogue).map(\.name)
        guard !live.isEmpty else { return rows }
        for card in catalogue.catalogue.models where !names.contains(card.id.text) {
            rows.append(
                Row(
                    name: card.id.text,
                    channels: live,
                    contextLimit: card.contextLimit,
                    outputLimit: card.outputLimit
                )
            )
        }
        return rows
    }

    /// The price of a way, for people.
    func shownPrice(of way: RouteExplanation) -> String {
        prices(of: way).map { "\($0.input)/\($0.output)" } ?? "-"
    }

    func object(of way: RouteExplanation) -> JSONObject {
        var object: JSONObject = [
            "channel": .string(way.channel), "type": .string(way.kind.rawValue),
            "model": .string(way.model.text),
            "key": way.keyHint.map { .string($0) } ?? .null, "state": .string(way.state),
            "priority": JSON(way.priority), "weight": JSON(way.weight),
        ]
        object["rests_until_ms"] = way.restsUntil.map { JSON($0) }
        object["reason"] = way.reason.map { .string($0) }
        object["context"] = way.contextLimit.map { JSON($0) }
        object["output"] = way.outputLimit.map { JSON($0) }
        if let prices = prices(of: way) {
            object["usd_per_mtok"] = ["input": JSON(prices.input), "output": JSON(prices.output)]
        }
        return object
    }

    private func prices(of way: RouteExplanation) -> (input: Double, output: Double)? {
        directory.channel(way.channel).flatMap { facts.prices(of: way.model, at: $0) }
    }
}
