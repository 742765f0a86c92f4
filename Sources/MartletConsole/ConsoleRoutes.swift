import HTTPTypes
import MartletCore
public import MartletWeb

/// The addresses of the management API.
public enum ConsoleRoutes {
    private static let all =
        SetupEndpoints.routes + SignInEndpoints.routes + OwnAccountEndpoints.routes + AccountEndpoints.routes
        + KeyEndpoints.routes + UsageEndpoints.routes + OptionEndpoints.routes
        + AdministrationEndpoints.routes
        + ChannelEndpoints.routes + ChannelKeyEndpoints.routes + ChannelUpkeepEndpoints.routes
        + ChannelTagEndpoints.routes + PriceEndpoints.routes

    /// The route table.
    public static func table(_ console: Console) -> [Route] {
        let document = OpenAPIDocument.json(of: all, version: console.settings.version).serialized()
        let description = Route(.get, "/api/openapi.json", "The description of the management API.") {
            _,
            _,
            writer in
            try writer.send(document)
        }
        let pools = PoolEndpoints.routes + PoolStatistics.routes
        return [description] + all.map { $0.route(at: console) } + pools.map { $0.route(at: console) }
    }
}
