"""The addresses of key pools: users, groups, statistics, and users that are brought along."""

import json

import httpx
import pytest

from test_console import Site
from test_fallback import channel
from test_money import BY_CALL, Owner, ask
from vendors import gateway as vendor_gateway


class Person:
    def __init__(self, site, key):
        self.client = httpx.Client(base_url=site.address, headers={"Authorization": f"Bearer {key}"}, timeout=30)

    def ask(self, method, path, body=None):
        answer = self.client.request(method, path, json=body)
        return answer.status_code, answer.json()


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pool")
    with vendor_gateway(folder, lambda port: channel(port), BY_CALL) as running:
        site = Site(running, folder)
        site.owner_line.run("account", "create-owner", "root", "--no-password")
        site.key, _ = site.owner_line.key("root")
        site.root = Person(site, site.key)
        assert site.root.ask("POST", "/v1/groups", {"name": "Équipe Verte", "id": "green"})[0] == 200
        assert site.root.ask("POST", "/v1/groups", {"name": "Blue team"})[1]["id"] == "blue-team"
        for name, role, group in [("gina", "admin", "green"), ("greg", "user", "green"), ("bea", "admin", "blue-team")]:
            status, made = site.root.ask("POST", f"/v1/groups/{group}/users", {"username": name, "role": role})
            assert status == 200 and made["key"].startswith("sk-")
            setattr(site, name, Person(site, made["key"]))
        yield site


def test_who_am_i(pool):
    assert pool.gina.ask("GET", "/v1/auth/me") == (200, {
        "username": "gina", "vaultId": "group:green", "role": "admin", "isLegacy": False, "groupId": "green", "groupName": "Équipe Verte"})
    assert Person(pool, "unknown-key-0123456789").ask("GET", "/v1/auth/me") == (401, {"error": "Unauthorized"})


def test_everybody_sees_the_own_group_alone(pool):
    assert pool.greg.ask("GET", "/v1/users") == (403, {"error": "Unauthorized"})
    assert {user["username"] for user in pool.gina.ask("GET", "/v1/users")[1]["data"]} == {"gina", "greg"}
    everyone = pool.root.ask("GET", "/v1/users")[1]["data"]
    assert {user["username"] for user in everyone} >= {"root", "gina", "greg", "bea"} and all("sk-" not in str(user) for user in everyone)
    assert [group["id"] for group in pool.greg.ask("GET", "/v1/groups")[1]["data"]] == ["green"]
    assert pool.gina.ask("GET", "/v1/groups/blue-team/users") == (403, {"error": "Forbidden"})
    assert pool.root.ask("GET", "/v1/groups/none/users")[0] == 404


def test_an_administrator_of_a_group_reaches_nobody_else(pool):
    for body in [{"username": "evil", "role": "superadmin"}, {"username": "evil", "role": "admin"}]:
        assert pool.gina.ask("POST", "/v1/groups/green/users", body)[0] == 403
    assert pool.gina.ask("POST", "/v1/groups/blue-team/users", {"username": "evil"})[0] == 403
    assert pool.gina.ask("POST", "/v1/groups", {"name": "mine"})[0] == 403
    assert pool.gina.ask("PUT", "/v1/groups/green/users/gina", {"role": "superadmin"})[0] == 403
    assert pool.gina.ask("DELETE", "/v1/groups/green/users/gina")[0] == 400
    assert pool.root.ask("POST", "/v1/groups/green/users", {"username": "chief", "role": "superadmin"})[0] == 200
    for change in [{"regenerateKey": True}, {"role": "user"}, {"key": "k" * 30}]:
        assert pool.gina.ask("PUT", "/v1/groups/green/users/chief", change)[0] == 403
    assert pool.gina.ask("DELETE", "/v1/groups/green/users/chief")[0] == 403


def test_members_come_change_and_go(pool):
    status, made = pool.gina.ask("POST", "/v1/groups/green/users", {"username": "gus", "key": "a-key-that-is-shown-0123"})
    assert status == 200 and made["key"] == "a-key-that-is-shown-0123"
    assert ask(pool.gateway, made["key"]).status_code == 200
    assert pool.gina.ask("POST", "/v1/groups/green/users", {"username": "gus"})[0] == 409
    assert pool.gina.ask("POST", "/v1/groups/green/users", {"username": "gil", "key": made["key"]})[0] == 409
    assert pool.gina.ask("POST", "/v1/groups/green/users", {"username": "gil", "key": "short"})[0] == 400
    changed = pool.gina.ask("PUT", "/v1/groups/green/users/gus", {"regenerateKey": True})[1]
    assert ask(pool.gateway, made["key"], model="m").status_code != 200 and ask(pool.gateway, changed["key"]).status_code == 200
    assert pool.gina.ask("DELETE", "/v1/groups/green/users/gus") == (200, {"ok": True, "deleted": "gus"})
    assert ask(pool.gateway, changed["key"]).status_code == 401
    assert pool.root.ask("DELETE", "/v1/groups/blue-team") == (409, {"error": "Group 'blue-team' has members", "members": ["bea"]})
    assert pool.root.ask("DELETE", "/v1/groups/blue-team?force=true")[1]["deletedUsers"] == ["bea"]
    assert pool.bea.ask("GET", "/v1/auth/me")[0] == 401


def test_statistics_and_the_universal_address(pool):
    _, models = pool.greg.ask("GET", "/v1/keypool/universal/models")
    assert [model["id"] for model in models["data"]] == ["one/m"]
    body = {"model": "one/m", "messages": [{"role": "user", "content": "Hi"}]}
    assert pool.greg.ask("POST", "/v1/keypool/universal/chat/completions", body)[0] == 200
    _, stats = pool.greg.ask("GET", "/v1/keypool/stats?period=hour")
    row = stats["data"][0]
    assert row["provider"] == "one" and row["requestCount"] >= 1 and row["keyHint"].startswith("***") and row["promptTokens"] > 0
    assert pool.gina.ask("GET", "/v1/keypool/stats")[1]["data"] and pool.greg.ask("GET", "/v1/keypool/stats?period=all")[1]["data"]
    assert pool.greg.ask("GET", "/v1/keypool/stats?period=never")[0] == 400
    assert pool.root.ask("GET", "/v1/keypool/errors")[0] == 200


def test_what_clients_report_is_shown_to_their_group_and_costs_nothing(pool):
    before = pool.root.ask("GET", "/v1/keypool/stats?period=all")[1]["data"]
    report = {"provider": "groq", "modelId": "llama", "keyOwner": "greg", "keyHint": "***12345678", "promptTokens": 5, "completionTokens": 7}
    assert pool.greg.ask("POST", "/v1/keypool/usage", report) == (200, {"ok": True})
    assert pool.greg.ask("POST", "/v1/keypool/usage", report) == (200, {"ok": True})
    assert pool.greg.ask("POST", "/v1/keypool/error", {**report, "errorCode": 429}) == (200, {"ok": True})
    assert pool.greg.ask("POST", "/v1/keypool/usage", {"provider": "groq"}) == (
        400, {"error": "Missing required fields: provider, modelId, keyOwner, keyHint"})
    assert pool.greg.ask("POST", "/v1/keypool/usage", {**report, "promptTokens": -1})[0] == 400
    row = [row for row in pool.gina.ask("GET", "/v1/keypool/stats?granularity=hour")[1]["data"] if row["provider"] == "groq"]
    assert [(r["promptTokens"], r["completionTokens"], r["requestCount"], r["keyHint"]) for r in row] == [(10, 14, 2, "12345678")]
    assert pool.gina.ask("GET", "/v1/keypool/errors")[1]["data"][0]["lastErrorCode"] == 429
    assert len(pool.root.ask("GET", "/v1/keypool/stats?period=all")[1]["data"]) == len(before) + 1
    assert pool.owner_line.accounts()["greg"]["requests"] == 1, "only what went through here"
    assert pool.greg.ask("POST", "/v1/keypool/purge")[0] == 403 and pool.gina.ask("POST", "/v1/keypool/purge")[0] == 200
    assert not [row for row in pool.gina.ask("GET", "/v1/keypool/stats")[1]["data"] if row["provider"] == "groq"]


def test_users_and_groups_are_brought_along(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port), BY_CALL) as running:
        line = Owner(tmp_path)
        pooled = "kp_" + "5" * 48
        (tmp_path / "users.json").write_text(json.dumps({
            "old-admin": {"key": "AGE-SECRET-KEY-1ABCDEFGH", "role": "superadmin", "groupId": "crew"},
            "old-user": {"key": pooled, "owner": "Old User", "groupId": "crew"}, "weak": {"key": "short"}, "twice": {"key": pooled}}))
        (tmp_path / "groups.json").write_text(json.dumps({"crew": {"name": "The crew", "createdAt": 1700000000000}}))
        line.run("account", "import", "--users", str(tmp_path / "users.json"), "--groups", str(tmp_path / "groups.json"), succeeds=False)
        accounts = line.accounts()
        assert accounts["old-admin"]["role"] == "owner" and accounts["old-user"]["group"] == "crew" and set(accounts) == {"old-admin", "old-user"}
        assert ask(running, pooled).status_code == 200 and ask(running, "AGE-SECRET-KEY-1ABCDEFGH").status_code == 200
        for path in (tmp_path / "state").rglob("*"):
            assert not path.is_file() or pooled.encode() not in path.read_bytes()
        line.run("group", "set", "crew", "--ratio", "0.5")
        line.run("account", "import", "--users", str(tmp_path / "users.json"), "--groups", str(tmp_path / "groups.json"), succeeds=False)
        assert "0.5" in line.run("group", "set", "crew", "--title", "Crew"), "a second time changes nothing"
        again = {name: (row["id"], row["role"], row["group"]) for name, row in line.accounts().items()}
        assert again == {name: (row["id"], row["role"], row["group"]) for name, row in accounts.items()}
        assert ask(running, pooled).status_code == 200


def test_a_key_that_was_changed_for_another_never_reaches_a_vendor(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port), BY_CALL) as running:
        line = Owner(tmp_path)
        brought = "BROUGHT-ALONG-1ABCDEFGH"
        (tmp_path / "users.json").write_text(json.dumps({"old": {"key": brought}}))
        line.run("account", "import", "--users", str(tmp_path / "users.json"))
        [number] = line.keys()
        new = line.run("key", "rotate", str(number), "--hours", "0")
        assert ask(running, new).status_code == 200
        refused = ask(running, brought)
        assert refused.status_code == 401 and refused.json()["error"]["code"] == "invalid_api_key"
        assert brought not in httpx.get(f"http://127.0.0.1:{running.port}/simulator/vendors").text
