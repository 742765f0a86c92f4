import ArgumentParser
import MartletConsole
import MartletCore
import MartletStore

/// `martlet usage`: what was used, added up; or row by row.
struct UsageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Show what was used, by day, key, model or channel, or export every request.",
        discussion:
            "Times are UTC. A row for each request is kept for as long as usage.keep_days says; sums by day stay."
    )

    /// How rows are written.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case table, csv, jsonl
    }

    /// By what sums are told apart.
    enum Grouping: String, ExpressibleByArgument, CaseIterable {
        case day, hour, account, key, model, channel
    }

    @OptionGroup var options: CommonOptions
    @Option(help: "The first day or moment: 2026-11-01, 2026-11-01T12:00:00Z; 30 days ago without one.")
    var from: String?
    @Option(help: "The day or moment behind the last; now without one.") var to: String?
    @Option(help: "Only this account.") var account: String?
    @Option(help: "Only this key, by its number.") var key: Int64?
    @Option(parsing: .upToNextOption, help: "Tell apart by: day, hour, account, key, model, channel.")
    var by: [Grouping] = [.day]
    @Flag(name: .long, help: "Every request, oldest last.") var requests = false
    @Option(help: "table, csv or jsonl.") var form: Form = .table
    @Flag(name: .long, help: "The same as --form jsonl.") var json = false

    func run() throws {
        let records = try Records(options)
        do throws(StoreError) {
            try records.store.gatherUsage()
        } catch {
            throw Refused("the database: \(error)")
        }
        let now = WallClock.seconds()
        let (start, end) = (try time(from) ?? now - 30 * 86_400, try time(to) ?? now + 1)
        let owner = try account.map { try records.account(named: $0).id }
        let report =
            requests
            ? UsageReport.requests(try rows(records, start, end, owner))
            : UsageReport.sums(try sums(records, start, end, owner), by: by)
        report.write(as: json ? .jsonl : form)
    }

    private func time(_ text: String?) throws -> Int? {
        guard let text else { return nil }
        guard let seconds = CivilTime.seconds(text) else {
            throw Refused("'\(text)' is no date such as 2026-11-01 and no time in RFC 3339")
        }
        return seconds
    }

    private func rows(_ records: Records, _ start: Int, _ end: Int, _ owner: AccountID?) throws -> [UsageTable
        .Row]
    {
        var selection = UsageTable.Selection()
        (selection.from, selection.to, selection.account) = (start * 1_000, end * 1_000, owner)
        selection.key = key.map { KeyID($0) }
        selection.limit = 1_000
        var all: [UsageTable.Row] = []
        while true {
            let wanted = selection
            let page = try records.read { tables throws(StoreError) in try tables.usage.rows(wanted) }
            all += page
            guard let last = page.last, page.count == selection.limit else { return all }
            selection.before = last.id
        }
    }

    private func sums(_ records: Records, _ start: Int, _ end: Int, _ owner: AccountID?) throws
        -> [RollupTable.Sum]
    {
        let grain: RollupTable.Grain = by.contains(.hour) ? .hour : .day
        var selection = RollupTable.Selection(grain, from: start - start % grain.seconds, to: end)
        selection.account = owner
        selection.key = key.map { KeyID($0) }
        selection.isByPeriod = by.contains(.day) || by.contains(.hour)
        selection.dimensions = Set(by.compactMap { RollupTable.Dimension(rawValue: $0.rawValue) })
        let wanted = selection
        return try records.read { tables throws(StoreError) in try tables.rollups.sums(wanted) }
    }
}

/// Columns and rows, in the form that somebody wants.
private struct UsageReport {
    private let head: [String]
    private let rows: [[JSON]]

    static func requests(_ rows: [UsageTable.Row]) -> UsageReport {
        UsageReport(head: UsageExport.columns, rows: rows.map(UsageExport.values))
    }

    static func sums(_ sums: [RollupTable.Sum], by grouping: [UsageCommand.Grouping]) -> UsageReport {
        UsageReport(
            head: grouping.map(\.rawValue) + [
                "requests", "failures", "input", "cached", "output", "cost_usd",
            ],
            rows: sums.map { sum in
                grouping.map { word(of: sum, $0) } + [
                    JSON(sum.requests), JSON(sum.failures), JSON(sum.input), JSON(sum.cached),
                    JSON(sum.output),
                    .number(JSONNumber(sum.cost)),
                ]
            }
        )
    }

    private static func word(of sum: RollupTable.Sum, _ grouping: UsageCommand.Grouping) -> JSON {
        switch grouping {
        case .day: .string(String(CivilTime.text(sum.period).prefix(10)))
        case .hour: .string(CivilTime.text(sum.period))
        case .account: JSON(Int(sum.account.value))
        case .key: JSON(Int(sum.key.value))
        case .model: .string(sum.model)
        case .channel: .string(sum.channel)
        }
    }

    func write(as form: UsageCommand.Form) {
        switch form {
        case .table: TextTable.write(head.map { $0.uppercased() }, rows.map { $0.map(UsageExport.plain) })
        case .csv:
            print(head.joined(separator: ","))
            for row in rows {
                print(row.map { UsageExport.quoted(UsageExport.plain($0)) }.joined(separator: ","))
            }
        case .jsonl:
            for row in rows {
                var object = JSONObject()
                for (name, value) in zip(head, row) { object[name] = value }
                print(String(decoding: JSON.object(object).serialized(), as: UTF8.self))
            }
        }
    }
}
