"""The management API: who may do what, and that nothing secret comes out of it."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import pathlib
import re
import sqlite3
import time

import httpx
import pytest

from gateway import wait_until
from test_money import BY_CALL, Owner, ask
from test_fallback import channel
from vendors import gateway as vendor_gateway

PASSWORD = "correct horse battery"


class Site:
    """A gateway with a set-up owner, and people who sign in."""

    def __init__(self, running, folder):
        self.gateway, self.folder = running, folder
        self.address = f"http://127.0.0.1:{running.port}"
        self.owner_line = Owner(folder)
        self.sessions = {}

    def anyone(self, **more):
        return httpx.Client(base_url=self.address, timeout=30, **more)

    def set_up(self):
        with self.anyone() as client:
            assert client.get("/api/setup").json()["data"]["status"] is False
            code = (self.folder / "state/setup-code").read_text().strip()
            answer = client.post("/api/setup", json={"username": "root", "password": PASSWORD, "code": code})
            assert answer.status_code == 200, answer.text
        return self.signed_in("root")

    def session(self, name):
        """A session that lasts for all tests: an address may only sign in so often."""
        if name not in self.sessions:
            self.sessions[name] = self.signed_in(name)
        return self.sessions[name]

    def signed_in(self, name, password=PASSWORD):
        with self.anyone() as client:
            answer = client.post("/api/user/login", json={"username": name, "password": password})
        assert answer.status_code == 200, answer.text
        return self.anyone(headers={"Authorization": f"Bearer {answer.json()['data']['token']}"})


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("console")
    with vendor_gateway(folder, lambda port: channel(port, keys=("upstream-secret-key",)), BY_CALL) as running:
        site = Site(running, folder)
        site.root = site.set_up()
        for name, role in [("alice", 10), ("bob", 10), ("carol", 1), ("dave", 1)]:
            made = site.root.post("/api/user/", json={"username": name, "password": PASSWORD, "role": role, "quota": 500_000})
            assert made.status_code == 200, made.text
        yield site


def number(site, name):
    found = site.root.get("/api/user/search", params={"keyword": name}).json()["data"]["items"]
    return next(row["id"] for row in found if row["username"] == name)


def test_the_service_is_set_up_once_and_only_with_the_code(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port), BY_CALL) as running:
        site = Site(running, tmp_path)
        with site.anyone() as client:
            assert client.get("/api/status").json()["data"]["setup"] is False
            client.get("/api/setup")
            wrong = client.post("/api/setup", json={"username": "root", "password": PASSWORD, "code": "guess"})
            assert wrong.status_code == 403 and "code" in wrong.json()["message"]
            code = (tmp_path / "state/setup-code").read_text().strip()
            assert (tmp_path / "state/setup-code").stat().st_mode & 0o077 == 0
            wait_until(lambda: code in (tmp_path / "state/log/martlet.log").read_text(), 5, "the log has the code")
            weak = client.post("/api/setup", json={"username": "root", "password": "short", "code": code})
            assert weak.status_code == 400 and weak.json()["parameter"] == "password"
            body = {"username": "root", "password": PASSWORD, "code": code}
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                codes = [a.status_code for a in pool.map(lambda n: client.post("/api/setup", json={**body, "username": f"root{n}"}), range(8))]
            assert codes.count(200) == 1
            assert not (tmp_path / "state/setup-code").exists()
            assert client.post("/api/setup", json=body).status_code == 403
            assert client.get("/api/setup").json()["data"]["status"] is True
        assert len(site.owner_line.accounts()) == 1


def test_signing_in_says_the_same_of_wrong_names_and_wrong_passwords(site):
    with site.anyone() as client:
        answers = [client.post("/api/user/login", json={"username": name, "password": "wrong wrong wrong"})
                   for name in ("carol", "nobody-of-that-name")]
        assert {answer.status_code for answer in answers} == {403}
        assert len({answer.json()["message"] for answer in answers}) == 1
        assert client.get("/api/user/self").status_code == 401


def test_a_password_is_tried_only_so_often(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port), BY_CALL) as running:
        with Site(running, tmp_path).anyone() as client:
            codes = [client.post("/api/user/login", json={"username": "root", "password": "x" * 9}).status_code for _ in range(21)]
        assert set(codes[:20]) == {403} and codes[20] == 429


def claims(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def forged(site, header, body):
    """A token signed with the service's own secret."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
    secret = (site.folder / "state/session.key").read_text().strip().encode()
    signed = part(header) + b"." + part(body)
    code = hmac.new(secret, signed, hashlib.sha256).digest() if header.get("alg") == "HS256" else b""
    return (signed + b"." + base64.urlsafe_b64encode(code).rstrip(b"=")).decode()


def test_only_sound_tokens_open_a_session(site):
    token = site.root.headers["authorization"].split()[1]
    good = claims(token)
    assert good["exp"] - good["iat"] == 24 * 3600
    hs256 = {"alg": "HS256", "typ": "JWT"}

    def status(header, body):
        return httpx.get(site.address + "/api/user/self", headers={"Authorization": f"Bearer {forged(site, header, body)}"}).status_code

    assert status(hs256, good) == 200
    assert status({"alg": "none"}, good) == 401
    assert status(hs256, {key: value for key, value in good.items() if key != "exp"}) == 401
    assert status(hs256, {**good, "exp": int(time.time()) - 1}) == 401
    assert status(hs256, {**good, "ver": 99}) == 401
    assert status(hs256, {**good, "sub": "999"}) == 401
    assert httpx.get(site.address + "/api/user/self", headers={"Authorization": token[:-2] + "xx"}).status_code == 401
    # The bare token is accepted, too; nobody's role is taken from it.
    assert httpx.get(site.address + "/api/user/self", headers={"Authorization": token}).status_code == 200
    carol = claims(site.signed_in("carol").headers["authorization"].split()[1])
    elevated = forged(site, hs256, {**carol, "role": 100})
    assert httpx.get(site.address + "/api/user/", headers={"Authorization": f"Bearer {elevated}"}).status_code == 403


def test_pyjwt_reads_what_is_signed_here_and_signs_what_is_read_here(site):
    jwt = pytest.importorskip("jwt")
    secret = (site.folder / "state/session.key").read_text().strip()
    token = site.root.headers["authorization"].split()[1]
    read = jwt.decode(token, secret, algorithms=["HS256"])
    again = jwt.encode(read, secret, algorithm="HS256")
    assert httpx.get(site.address + "/api/user/self", headers={"Authorization": f"Bearer {again}"}).status_code == 200


def test_nobody_reaches_above_the_own_role(site):
    alice = site.session("alice")
    root, bob, carol = (number(site, name) for name in ("root", "bob", "carol"))

    def manage(who, subject, action, **more):
        return who.post("/api/user/manage", json={"id": subject, "action": action, **more}).status_code

    for subject in (root, bob):
        for action in ("disable", "demote", "delete"):
            assert manage(alice, subject, action) == 403
        assert alice.put("/api/user/", json={"id": subject, "password": "another password"}).status_code == 403
        assert alice.delete(f"/api/user/{subject}").status_code == 403
    assert manage(alice, carol, "promote") == 403 and manage(alice, carol, "role", value=100) == 403
    assert alice.post("/api/user/", json={"username": "evil", "password": PASSWORD, "role": 100}).status_code == 403
    assert alice.post("/api/user/", json={"username": "evil", "password": PASSWORD, "role": 10}).status_code == 403
    assert manage(site.root, root, "demote") == 403, "nobody changes the own role"
    carols = site.session("carol")
    for method, path in [("GET", "/api/user/"), ("GET", f"/api/user/{root}"), ("GET", "/api/log"), ("GET", "/api/channel"),
                         ("GET", "/api/audit"), ("GET", "/api/option"), ("GET", "/api/redemption"), ("GET", "/api/group")]:
        assert carols.request(method, path).status_code == 403, path
    assert alice.put("/api/option", json={"key": "SystemName", "value": "x"}).status_code == 403
    erin = site.root.post("/api/user", json={"username": "heidi", "password": PASSWORD}).json()["data"]["id"]
    assert manage(alice, erin, "disable") == 200 and manage(alice, erin, "enable") == 200


def test_a_session_ends_with_what_it_rests_on(site):
    dave, subject = site.signed_in("dave"), number(site, "dave")
    assert dave.get("/api/user/self").status_code == 200
    site.root.post("/api/user/manage", json={"id": subject, "action": "disable"})
    assert dave.get("/api/user/self").status_code == 401 and dave.get("/api/user/token").status_code == 401
    site.root.post("/api/user/manage", json={"id": subject, "action": "enable"})
    assert dave.get("/api/user/self").status_code == 401, "enabled again, the old session stays over"
    first, second = site.signed_in("dave"), site.signed_in("dave")
    wrong = first.put("/api/user/self", json={"password": "another horse battery", "original_password": "not it"})
    assert wrong.status_code == 403
    changed = first.put("/api/user/self", json={"password": "another horse battery", "original_password": PASSWORD})
    assert changed.status_code == 200 and second.get("/api/user/self").status_code == 401
    site.signed_in("dave", "another horse battery").post("/api/user/logout_everywhere")
    back = {"Authorization": f"Bearer {changed.json()['data']['token']}"}
    assert httpx.get(site.address + "/api/user/self", headers=back).status_code == 401
    site.root.put("/api/user/", json={"id": subject, "password": PASSWORD})


def test_an_old_hash_opens_and_is_made_anew(site):
    old = "ucLyKbJgvcwS1AI6qmXAgA==:DPortVM1m1kFjvIKHxY6yhGXso+oaSnvKo09HbDtTE8="
    database = site.folder / "state/martlet.db"
    with sqlite3.connect(database, timeout=10) as connection:
        connection.execute("UPDATE account SET password = ? WHERE username = 'bob'", [old])
    assert site.signed_in("bob", "123456").get("/api/user/self").json()["data"]["username"] == "bob"
    with sqlite3.connect(database, timeout=10) as connection:
        (hashed,) = connection.execute("SELECT password FROM account WHERE username = 'bob'").fetchone()
    assert hashed.startswith("scrypt$") and site.signed_in("bob", "123456")


def test_the_cookie_is_out_of_scripts_reach_and_other_sites_cannot_use_it(site):
    with site.anyone() as browser:
        answer = browser.post("/api/user/login", json={"username": "carol", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Secure" not in cookie
        assert browser.get("/api/user/self").status_code == 200
        host = site.address.removeprefix("http://")
        wish = {"display_name": "Carol"}
        for headers, status in [({}, 403), ({"Origin": "https://evil.example"}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403),
                                ({"Origin": f"http://{host}"}, 200), ({"Sec-Fetch-Site": "same-origin"}, 200)]:
            assert browser.put("/api/user/self", json=wish, headers=headers).status_code == status, headers
        form = browser.put("/api/user/self", content=json.dumps(wish), headers={"Origin": f"http://{host}", "Content-Type": "text/plain"})
        assert form.status_code == 415
        assert browser.get("/api/user/self", headers={"Origin": "https://evil.example"}).headers.get("access-control-allow-origin") is None
        browser.get("/api/user/logout")
        assert browser.get("/api/user/self").status_code == 401
    with site.anyone(headers={"X-Forwarded-Proto": "https"}) as browser:
        answer = browser.post("/api/user/login", json={"username": "carol", "password": PASSWORD})
        assert "; Secure" in answer.headers["set-cookie"]


def test_a_key_is_made_used_limited_and_revoked(site):
    carol = site.session("carol")
    made = carol.post("/api/token/", json={"name": "laptop", "remain_quota": 10_000, "unlimited_quota": False}).json()["data"]
    key = made["key"]
    assert key.startswith("sk-") and len(key) == 67 and made["remain_quota"] == 10_000
    listed = carol.get("/api/token").json()["data"]
    assert isinstance(listed, list) and key not in json.dumps(listed) and listed[0]["key_available"] is False
    paged = carol.get("/api/token/", params={"p": 1, "size": 10}).json()["data"]
    assert paged["total"] == 1 and paged["items"][0]["id"] == made["id"]
    assert key not in carol.get(f"/api/token/{made['id']}").text
    assert ask(site.gateway, key).status_code == 200
    # A cent is 5,000 units: two are left for one more call.
    row = carol.get(f"/api/token/{made['id']}").json()["data"]
    assert (row["remain_quota"], row["used_quota"], row["quota"]) == (5_000, 5_000, 10_000)
    assert ask(site.gateway, key).status_code == 200 and ask(site.gateway, key).status_code == 429
    assert carol.get(f"/api/token/{made['id']}").json()["data"]["status"] == 4
    carol.put("/api/token/", json={"id": made["id"], "remain_quota": 10_000, "model_limits_enabled": True, "model_limits": "other"})
    assert ask(site.gateway, key).json()["error"]["code"] == "model_not_allowed"
    carol.put("/api/token/", json={"id": made["id"], "model_limits_enabled": False, "allow_ips": "10.0.0.0/8\n::1"})
    assert ask(site.gateway, key).json()["error"]["code"] == "address_not_allowed"
    carol.put("/api/token/", json={"id": made["id"], "allow_ips": "", "expired_time": 1})
    assert ask(site.gateway, key).status_code == 401
    carol.put("/api/token/", json={"id": made["id"], "expired_time": -1})
    rotated = carol.post(f"/api/token/{made['id']}/rotate", json={"hours": 0}).json()["data"]["key"]
    assert ask(site.gateway, key).status_code == 401 and ask(site.gateway, rotated).status_code == 200
    carol.put("/api/token/", params={"status_only": "true"}, json={"id": made["id"], "status": 2})
    assert ask(site.gateway, rotated).status_code == 401
    bob = site.session("alice")
    assert bob.get(f"/api/token/{made['id']}").status_code == 404 and bob.delete(f"/api/token/{made['id']}").status_code == 404
    assert carol.post("/api/token/batch", json={"ids": [made["id"], 99_999]}).json()["data"] == 1
    assert carol.get(f"/api/token/{made['id']}").status_code == 404


@pytest.mark.parametrize("body, parameter", [
    ({"name": 7}, "name"), ({}, "name"), ({"name": "x", "remain_quota": -5}, "remain_quota"), ({"name": "x", "expired_at": "soon"}, "expired_at"),
    ({"name": "x", "allow_ips": "everywhere"}, "allow_ips"), ({"name": "x", "unlimited_quota": "yes"}, "unlimited_quota"),
    ({"name": "a\nb"}, "name"), ({"name": "x", "models": [1]}, "models"), ({"name": "x", "quota": 1e30}, "quota"), ({"name": "x", "models": " , "}, "models"), ({"name": "x", "allow_ips": "\n"}, "allow_ips"),
    ({"name": "x", "group": "No Such!"}, "group"),
])
def test_bad_input_is_named(site, body, parameter):
    answer = site.root.post("/api/token", json=body)
    assert answer.status_code == 400, answer.text
    told = answer.json()
    assert told["success"] is False and told["parameter"] == parameter and told["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("content, status", [(b"", 400), (b"[]", 400), (b"{", 400), (b"\xff\xfe", 400), (b"null", 400), (b'{"a":' * 500, 400),
                                             (b'{"name":"' + b"x" * 2_000_000 + b'"}', 413)])
def test_a_broken_body_is_told(site, content, status):
    answer = site.root.post("/api/token", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status and answer.json()["success"] is False


def test_what_was_used_is_listed_and_added_up(site):
    carol = site.session("carol")
    key = carol.post("/api/token", json={"name": "desk"}).json()["data"]["key"]
    before = carol.get("/api/log/self/stat").json()["data"]
    answer = ask(site.gateway, key)
    logs = carol.get("/api/log/self", params={"p": 1, "page_size": 1}).json()["data"]
    row = logs["items"][0]
    assert row["request_id"] == answer.headers["x-request-id"] and row["model_name"] == "m" and row["quota"] == 5_000
    assert row["token_name"] == "desk" and row["type"] == 2 and "channel" not in row
    after = carol.get("/api/log/self/stat").json()["data"]
    assert after["quota"] - before["quota"] == 5_000 and after["total_count"] - before["total_count"] == 1 and after["rpm"] >= 1
    all_logs = site.root.get("/api/log/", params={"username": "carol", "model_name": "m"}).json()["data"]
    assert all_logs["total"] == logs["total"] and all_logs["items"][0]["channel"] == "one"
    assert site.root.get("/api/log", params={"username": "nobody"}).json()["data"]["total"] == 0
    data = carol.get("/api/data/self", params={"default_time": "hour"}).json()["data"]
    assert sum(part["count"] for part in data) >= 1 and data[0]["model_name"] == "m"
    exported = site.root.get("/api/log/export", params={"username": "carol"}).text.splitlines()
    assert exported[0].startswith("id,time,request,") and len(exported) == logs["total"] + 1
    lines = site.root.get("/api/log/export", params={"username": "carol", "format": "jsonl"}).text.splitlines()
    assert json.loads(lines[0])["request"] == row["request_id"]
    assert site.root.get("/api/log", params={"p": "x"}).status_code == 400


def test_codes_give_money_once(site):
    codes = site.root.post("/api/redemption", json={"name": "gift", "quota": 1_000, "count": 2}).json()["data"]
    assert len(codes) == 2 and codes[0] not in site.root.get("/api/redemption").text
    carol = site.session("carol")
    before = carol.get("/api/user/self").json()["data"]["quota"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: carol.post("/api/user/topup", json={"key": codes[0]}), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert carol.get("/api/user/self").json()["data"]["quota"] == before + 1_000
    over = site.root.post("/api/redemption", json={"name": "old", "quota": 1, "expired_time": 5}).json()["data"][0]
    assert carol.post("/api/user/topup", json={"key": over}).status_code == 400


def test_groups_and_options(site):
    assert site.root.put("/api/group", json={"name": "friends", "ratio": "0.8", "title": "Friends"}).status_code == 200
    assert "friends" in site.root.get("/api/group").json()["data"]
    site.root.put("/api/user", json={"id": number(site, "carol"), "group": "friends"})
    assert site.root.put("/api/group", json={"name": "friends", "title": "Good friends"}).status_code == 200
    assert site.session("carol").get("/api/user/self/groups").json()["data"]["friends"]["ratio"] == 0.8
    own = site.session("carol").post("/api/token", json={"name": "own group", "group": "friends"})
    assert own.status_code == 200 and own.json()["data"]["group"] == ""
    assert site.root.delete("/api/group/friends").status_code == 404, "somebody is in it"
    site.root.put("/api/user", json={"id": number(site, "carol"), "group": "default"})
    assert site.root.delete("/api/group/friends").status_code == 200
    assert site.root.put("/api/option", json={"key": "SystemName", "value": "Our relay"}).status_code == 200
    assert site.root.put("/api/option/", json={"Notice": "Hello", "RegisterEnabled": True}).status_code == 200
    assert site.root.put("/api/option", json={"key": "NoSuchThing", "value": "x"}).status_code == 400
    assert site.root.put("/api/option", json={"RegisterEnabled": "maybe"}).status_code == 400
    with site.anyone() as client:
        assert client.get("/api/status").json()["data"]["system_name"] == "Our relay"
        assert client.get("/api/notice").json()["data"] == "Hello"
        made = client.post("/api/user/register", json={"username": "erin", "password": PASSWORD})
        assert made.status_code == 200
        assert client.post("/api/user/register", json={"username": "ERIN", "password": PASSWORD}).status_code == 409
        site.root.put("/api/option", json={"RegisterEnabled": False})
        assert client.post("/api/user/register", json={"username": "frank", "password": PASSWORD}).status_code == 403


def test_every_act_is_written_down_without_secrets(site):
    rows = site.root.get("/api/audit", params={"page_size": 100}).json()["data"]["items"]
    acts = {row["action"] for row in rows}
    assert {"session.begin", "token.create", "account.create"} <= acts | {"setup"}
    assert PASSWORD not in json.dumps(rows) and not re.search(r"sk-[0-9a-f]{64}", json.dumps(rows))


def test_what_the_command_line_does_is_written_down(site):
    line = site.owner_line
    line.run("account", "create", "shelly", "--no-password", "--money", "1")
    key, number = line.key("shelly")
    line.run("key", "set", str(number), "--status", "disabled")
    line.run("account", "grant", "shelly", "2.5")
    [code] = line.run("code", "create", "3", "--label", "spring").splitlines()
    assert code not in line.run("code", "list") and "spring" in line.run("code", "list")
    assert site.session("carol").post("/api/user/topup", json={"key": code}).json()["data"] == 1_500_000
    line.run("account", "delete", "shelly")
    acts = [json.loads(row) for row in line.run("audit", "--json", "--limit", "20").splitlines()]
    mine = {row["action"] for row in acts if row["actor"].endswith("at the command line")}
    assert {"account.create", "key.create", "key.update", "account.grant", "redemption.create", "account.delete"} <= mine
    assert all(secret not in line.run("audit") for secret in (key, code))


def test_nothing_secret_lies_in_any_file_or_answer(site):
    key = site.root.post("/api/token", json={"name": "secret search"}).json()["data"]["key"]
    token = site.root.headers["authorization"].split()[1]
    assert ask(site.gateway, key).status_code == 200
    for path in ["/api/user/self", "/api/token", "/api/channel", "/api/log", "/api/option", "/api/audit", "/v1/models", "/v1/providers"]:
        text = site.root.get(path).text
        for secret in (key, PASSWORD, "upstream-secret-key"):
            assert secret not in text, path
    for path in pathlib.Path(site.folder, "state").rglob("*"):
        if path.is_file() and path.name != "session.key":
            content = path.read_bytes()
            for secret in (key, token, PASSWORD, "upstream-secret-key"):
                assert secret.encode() not in content, path


def test_whom_the_web_server_has_proven_is_signed_in_and_nobody_can_pretend(tmp_path):
    extra = BY_CALL + '[accounts]\nsso_parameter = "GATEWAY_SSO_USER"\n'
    with vendor_gateway(tmp_path, lambda port: channel(port), extra) as running:
        site = Site(running, tmp_path)
        site.set_up()
        for headers in [{"GATEWAY_SSO_USER": "root"}, {"Gateway-Sso-User": "root"}, {"Remote-User": "root"},
                        {"Authorization": "Basic " + base64.b64encode(b"root:x").decode()}]:
            assert httpx.get(site.address + "/api/user/self", headers=headers).status_code == 401, headers


def test_the_description_names_every_address(site):
    described = httpx.get(site.address + "/api/openapi.json").json()
    assert described["openapi"].startswith("3.1") and "/api/token/{id}" in described["paths"]
    assert set(described["paths"]["/api/user"]) == {"get", "post", "put"}
