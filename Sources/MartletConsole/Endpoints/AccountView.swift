import MartletAccounts
import MartletCore
import MartletStore

/// How accounts, keys and money look in the API.
enum AccountView {
    static func object(_ row: AccountTable.Row) -> JSONObject {
        [
            "id": JSON(Int(row.id.value)), "username": .string(row.username),
            "display_name": .string(row.displayName), "email": .string(row.email),
            "role": JSON(row.role.rawValue), "status": JSON(row.status.rawValue), "group": .string(row.group),
            "quota": JSON(Int(row.balance.quota)), "used_quota": JSON(Int(row.used.quota)),
            "unlimited_quota": .bool(row.isUnlimited), "request_count": JSON(row.requests),
            "created_at": JSON(row.created), "created_time": JSON(row.created),
            "sidebar_modules": .string(row.setting),
        ]
    }
}

/// A key in both vocabularies: of the older API, and of the page that is used with it.
enum KeyView {
    static func json(_ row: ApiKeyTable.Row, now: Int) -> JSON {
        let limits = row.limits
        let isExpired = limits.expires > 0 && limits.expires <= now
        let isEmpty = !row.isUnlimited && row.balance <= .zero
        let status = row.status != .enabled ? 2 : isExpired ? 3 : isEmpty ? 4 : 1
        let models = limits.models.joined(separator: ",")
        return [
            "id": JSON(Int(row.id.value)), "user_id": JSON(Int(row.account.value)), "name": .string(row.name),
            "key": .string(row.hint), "key_available": false, "status": JSON(status),
            "remain_quota": JSON(Int(row.balance.quota)), "used_quota": JSON(Int(row.used.quota)),
            "unlimited_quota": .bool(row.isUnlimited),
            "quota": JSON(row.isUnlimited ? 0 : Int((row.balance + row.used).quota)),
            "request_count": JSON(row.requests), "models": .string(models),
            "model_limits_enabled": .bool(!models.isEmpty), "model_limits": .string(models),
            "subnet": .string(limits.networks.joined(separator: ",")),
            "allow_ips": .string(limits.networks.joined(separator: "\n")),
            "expired_time": JSON(limits.expires == 0 ? -1 : limits.expires),
            "expired_at": limits.expires == 0 ? .null : .string(CivilTime.text(limits.expires)),
            "created_time": JSON(row.created), "created_at": JSON(row.created),
            "accessed_time": JSON(row.accessed), "group": .string(row.group),
            "requests_per_minute": JSON(limits.requestsPerMinute),
            "tokens_per_minute": JSON(limits.tokensPerMinute), "concurrent": JSON(limits.concurrent),
            "daily_quota": JSON(Int(limits.dailyBudget.quota)),
            "monthly_quota": JSON(Int(limits.monthlyBudget.quota)),
            "tags": .string(row.tags.joined(separator: ",")),
        ]
    }
}
