"""Channels that are managed while the service runs: used by the next request everywhere, and their keys sealed."""

import concurrent.futures
import json
import pathlib
import sqlite3

import pytest

from test_console import PASSWORD, Site
from test_fallback import channel
from test_money import BY_CALL, ask
from gateway import wait_until
from vendors import Seen, gateway as vendor_gateway

SECRET = "sealed-upstream-key-0123456789"
SHOWN = "to-be-shown-upstream-key-0123456789"


@pytest.fixture
def site(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port), BY_CALL + '[[price]]\nmodel = "*"\ncall = 0.01\n') as running:
        site = Site(running, tmp_path)
        site.root = site.set_up()
        site.key = site.root.post("/api/token", json={"name": "test"}).json()["data"]["key"]
        yield site


def made(site, name="extra", path="openai/v1", **more):
    body = {"name": name, "type": 1, "key": SECRET, "base_url": f"{site.address}/simulator/{path}", "models": "new-model,fast=gpt", **more}
    answer = site.root.post("/api/channel/", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["id"]


def codes(site, model):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        return {answer.status_code for answer in pool.map(lambda n: ask(site.gateway, site.key, f"n {n}", model), range(32))}


def test_a_channel_is_used_by_the_next_request_in_every_worker(site):
    assert codes(site, "new-model") == {404}
    number = made(site)
    assert codes(site, "new-model") == {200} and codes(site, "extra/fast") == {200}
    assert Seen(site.gateway)["openai"]["keys"][SECRET] == 64
    site.root.put("/api/channel/", json={"id": number, "status": 2})
    assert codes(site, "new-model") == {404}
    site.root.put(f"/api/channel/{number}", json={"status": 1, "models": "renamed", "model_mapping": '{"renamed":"middle","middle":"gpt"}'})
    assert codes(site, "new-model") == {404} and codes(site, "renamed") == {200}
    assert Seen(site.gateway)["openai"]["last_request"]["model"] == "gpt"
    assert site.root.delete(f"/api/channel/{number}").status_code == 200
    assert codes(site, "renamed") == {404} and site.root.get(f"/api/channel/{number}").status_code == 404


def test_a_key_goes_in_and_comes_out_for_the_owners_password_alone(site):
    number = made(site, key=SHOWN)
    assert codes(site, "new-model") == {200}
    for path in ["/api/channel", f"/api/channel/{number}", "/api/channel/search?keyword=ext", "/api/audit", "/api/log"]:
        assert SHOWN not in site.root.get(path).text, path
    # What a form sends back without touching it changes nothing.
    for untouched in ("", "***6789", "…6789"):
        site.root.put("/api/channel/", json={"id": number, "key": untouched, "priority": 3})
    assert codes(site, "new-model") == {200}
    assert site.root.post(f"/api/channel/{number}/key", json={"password": "wrong wrong"}).status_code == 403
    shown = site.root.post(f"/api/channel/{number}/key", json={"password": PASSWORD})
    assert shown.json()["data"]["key"] == SHOWN
    assert "channel.reveal_key" in site.root.get("/api/audit").text
    admin = site.root.post("/api/user", json={"username": "alice", "password": PASSWORD, "role": 10})
    assert admin.status_code == 200
    alice = site.signed_in("alice")
    assert alice.post(f"/api/channel/{number}/key", json={"password": PASSWORD}).status_code == 403
    for path in pathlib.Path(site.folder, "state").rglob("*"):
        if path.is_file():
            assert SHOWN.encode() not in path.read_bytes(), path
    assert (site.folder / "state/master.key").stat().st_mode & 0o077 == 0


def test_a_sealed_key_opens_in_no_other_record(site):
    first, second = made(site), made(site, "other", key="another-upstream-key-42", models="other-model")
    with sqlite3.connect(site.folder / "state/martlet.db", timeout=10) as database:
        (sealed,) = database.execute("SELECT sealed FROM channel_key WHERE channel = ?", [first]).fetchone()
        database.execute("UPDATE channel_key SET sealed = ? WHERE channel = ?", [sealed, second])
        database.execute("UPDATE revision SET number = number + 1")
    assert codes(site, "other-model") == {503} and codes(site, "new-model") == {200}
    assert Seen(site.gateway)["openai"]["keys"] == {SECRET: 32}


def test_the_master_key_is_changed_while_requests_run(site):
    for number in range(5):
        made(site, f"c{number}", models=f"model-{number}", key=f"{SECRET}-{number}")
    before = (site.folder / "state/master.key").read_text()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        work = [pool.submit(ask, site.gateway, site.key, f"n {n}", f"model-{n % 5}") for n in range(100)]
        assert "5 keys sealed anew" in site.owner_line.run("vault", "rotate")
        assert {job.result().status_code for job in work} == {200}
    after = (site.folder / "state/master.key").read_text()
    assert (site.folder / "state/master.key").stat().st_uid == (site.folder / "state").stat().st_uid
    assert after != before and before.strip() not in after
    assert "5 of 5" in site.owner_line.run("vault", "check") and codes(site, "model-3") == {200}
    # Stopped in the middle: both keys are known, and the next try ends it.
    (site.folder / "state/master.key").write_text("n" * 64 + "\n" + after)
    assert "5 of 5" in site.owner_line.run("vault", "check")
    assert "5 keys sealed anew" in site.owner_line.run("vault", "rotate") and codes(site, "model-4") == {200}


def test_several_keys_have_states_of_their_own(site):
    number = made(site, key="key-number-one-aaaa\nkey-number-two-bbbb\nkey-number-two-bbbb\n")

    def manage(action, **more):
        return site.root.post("/api/channel/multi_key/manage", json={"channel_id": number, "action": action, **more})

    listed = manage("get_key_status").json()["data"]
    assert [key["key"] for key in listed["keys"]] == ["…aaaa", "…bbbb"] and {key["status"] for key in listed["keys"]} == {1}
    assert codes(site, "new-model") == {200} and set(Seen(site.gateway)["openai"]["keys"]) == {"key-number-one-aaaa", "key-number-two-bbbb"}
    manage("disable_key", key_index=0)
    Seen(site.gateway).forget()
    assert codes(site, "new-model") == {200} and set(Seen(site.gateway)["openai"]["keys"]) == {"key-number-two-bbbb"}
    assert manage("delete_disabled_keys").json()["data"] == 1
    site.root.put("/api/channel", json={"id": number, "key": "key-number-three-cc", "key_mode": "append"})
    assert manage("get_key_status").json()["data"]["total"] == 2
    site.root.put("/api/channel", json={"id": number, "key": "key-number-four-dddd"})
    assert [key["key"] for key in manage("get_key_status").json()["data"]["keys"]] == ["…dddd"]
    assert manage("disable_key", key_index=9).status_code == 404 and manage("explode").status_code == 400


def test_a_key_that_rests_is_told_with_its_reason(tmp_path):
    with vendor_gateway(tmp_path, lambda port: channel(port), '[[price]]\nmodel = "*"\ncall = 0.01\n') as running:
        site = Site(running, tmp_path)
        site.root = site.set_up()
        site.key = site.root.post("/api/token", json={"name": "test"}).json()["data"]["key"]
        number = made(site, key="refused-key")
        for n in range(4):
            ask(site.gateway, site.key, f"n {n}", "new-model")
        wish = {"channel_id": number, "action": "get_key_status"}
        state = site.root.post("/api/channel/multi_key/manage", json=wish).json()["data"]["keys"][0]
        assert state["status"] == 3 and state["reason"] and state["rests_until"] > 0
        shown = site.root.get(f"/api/channel/{number}").json()["data"]
        assert shown["status"] == 3 and shown["status_reason"] == "breaker" and shown["rests_until"] == state["rests_until"]
        broke = made(site, "poor", key="broke-key", models="poor-model")
        ask(site.gateway, site.key, "Hi", "poor-model")
        listed = {row["id"]: row for row in site.root.get("/api/channel").json()["data"]["items"]}
        assert listed[broke]["status"] == 3 and listed[broke]["status_reason"] == "billing"
        site.root.put("/api/channel", json={"id": broke, "status": 2})
        assert site.root.get(f"/api/channel/{broke}").json()["data"]["status_reason"] == "manual"
        # Whoever enables a channel or a key has mended it: it is asked again at once.
        site.root.put("/api/channel", json={"id": broke, "status": 1})
        site.root.post("/api/channel/multi_key/manage", json={"channel_id": number, "action": "enable_key", "key_index": 0})
        assert {site.root.get(f"/api/channel/{each}").json()["data"]["status"] for each in (number, broke)} == {1}
        asked = Seen(site.gateway)["openai"]["keys"]["refused-key"]
        ask(site.gateway, site.key, "again", "new-model")
        assert Seen(site.gateway)["openai"]["keys"]["refused-key"] > asked
        # The same from the command line.
        ask(site.gateway, site.key, "Hi", "poor-model")
        assert "billing" in site.owner_line.run("channel", "list") and "no_credit" in site.owner_line.run("channel", "keys", "poor")
        site.owner_line.run("channel", "set-key", site.owner_line.run("channel", "keys", "poor").splitlines()[1].split()[0], "--status", "enabled")
        assert "billing" not in site.owner_line.run("channel", "list")
        asked = Seen(site.gateway)["openai"]["keys"]["broke-key"]

        def is_asked():
            ask(site.gateway, site.key, "once more", "poor-model")
            return Seen(site.gateway)["openai"]["keys"]["broke-key"] > asked

        wait_until(is_asked, 10, "the key is asked again")


@pytest.mark.parametrize("kind, path, model", [(1, "openai/v1", "gpt-4o-mini"), (14, "anthropic/v1", "claude-sonnet-4-5"),
                                               (24, "gemini/v1beta", "gemini-2.5-flash"), (99, "openai/v1", "gpt-4o-mini")])
def test_a_vendor_tells_its_models(site, kind, path, model):
    number = made(site, type=kind, path=path)
    site.root.put("/api/channel", json={"id": number, "status": 2})
    assert site.root.get(f"/api/channel/fetch_models/{number}").json()["data"] == [model]
    asked = {"type": kind, "base_url": f"{site.address}/simulator/{path}", "key": SECRET}
    assert site.root.post("/api/channel/fetch_models", json=asked).json() == {"success": True, "message": "", "data": [model]}


def test_a_vendor_that_does_not_tell_is_no_fault_of_the_request(site):
    azure = {"type": 3, "base_url": f"{site.address}/simulator/azure", "key": SECRET}
    for body, word in [(azure, "name them"), ({"type": 1, "base_url": f"{site.address}/simulator/openai/v1", "key": "refused-key"}, "key"),
                       ({"type": 99, "base_url": "http://127.0.0.1:9/v1", "key": SECRET}, "connection"),
                       ({"type": 99, "base_url": f"{site.address}/api/status", "key": SECRET}, "")]:
        answer = site.root.post("/api/channel/fetch_models", json=body)
        assert answer.status_code == 200 and answer.json()["success"] is False and word in answer.json()["message"], answer.text
        assert SECRET not in answer.text
    assert site.root.post("/api/channel/fetch_models", json={"type": 99, "key": SECRET}).json()["parameter"] == "base_url"
    answers = site.root.get("/api/openapi.json").json()["paths"]["/api/channel/fetch_models"]["post"]["responses"]
    assert answers["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Outcome")


def test_what_is_left_at_a_vendor_is_asked_and_kept(site):
    number, silent = made(site), made(site, "silent", path="anthropic/v1", type=14, models="c=claude-sonnet-4-5")
    assert site.root.get(f"/api/channel/update_balance/{number}").json() == {"success": True, "message": "", "balance": 74.5}
    assert site.root.get(f"/api/channel/update_balance/{silent}").json()["success"] is False
    assert site.root.get("/api/channel/update_balance").json()["data"] == 1
    kept = site.root.get(f"/api/channel/{number}").json()["data"]
    assert kept["balance"] == 74.5 and kept["balance_updated_time"] > 0
    tried = site.root.get("/api/channel/test").json()["data"]
    assert {row["id"] for row in tried} == {number, silent} and all(row["success"] for row in tried), tried


def test_prices_are_set_over_http(site):
    made = site.root.put("/api/price", json={"model": "m", "input": 2.5, "output": 10, "cached_input": 1.25})
    assert made.status_code == 200, made.text
    [price] = site.root.get("/api/price").json()["data"]
    assert (price["model"], price["input"], price["output"], price["cached_input"]) == ("m", 2.5, 10, 1.25)
    shown = {row["model_name"]: row for row in site.root.get("/api/pricing").json()["data"]}["m"]
    assert (shown["model_ratio"], shown["completion_ratio"], shown["quota_type"]) == (1.25, 4, 0)
    assert site.root.put("/api/price", json={"model": "m", "call": 0.02}).json()["data"]["id"] == price["id"]
    assert ask(site.gateway, site.key).headers["x-martlet-cost"] == "0.02"
    for wrong, parameter in [({"model": "m"}, "input"), ({"input": 1}, "model"), ({"model": "m", "input": -1}, "input"), ({"model": "m", "call": 1e9}, "call")]:
        answer = site.root.put("/api/price", json=wrong)
        assert answer.status_code == 400 and answer.json()["parameter"] == parameter
    assert "price.update" in site.root.get("/api/audit").text
    site.root.post("/api/user/", json={"username": "alice", "password": PASSWORD, "role": 10})
    assert site.session("alice").put("/api/price", json={"model": "m", "call": 0}).status_code == 403
    assert site.root.delete(f"/api/price/{price['id']}").status_code == 200
    assert ask(site.gateway, site.key).headers["x-martlet-cost"] == "0.01"


def test_an_old_key_is_never_sent_to_the_address_that_comes_with_a_new_one(site):
    number = made(site)
    for turn in range(6):
        path = ("strict/v1", "openai/v1")[turn % 2]
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            asked = [pool.submit(ask, site.gateway, site.key, f"{turn} {n}", "new-model") for n in range(200)]
            body = {"id": number, "base_url": f"{site.address}/simulator/{path}", "key": f"key-of-turn-{turn}-only"}
            assert site.root.put("/api/channel", json=body).status_code == 200
            concurrent.futures.wait(asked)
    keys = {vendor: set(Seen(site.gateway)[vendor]["keys"]) for vendor in ("openai", "strict")}
    assert keys["strict"] <= {f"key-of-turn-{turn}-only" for turn in (0, 2, 4)} and keys["strict"], keys
    assert keys["openai"] <= {SECRET} | {f"key-of-turn-{turn}-only" for turn in (1, 3, 5)}, keys


def test_an_address_stays_where_new_keys_cannot_be_sealed(site):
    number, before = made(site), site.root.get("/api/channel").json()["data"]["total"]
    (site.folder / "state" / "master.key").write_text("this is no key")
    body = {"id": number, "base_url": f"{site.address}/simulator/strict/v1", "key": "never-kept-key"}
    assert site.root.put("/api/channel", json=body).status_code == 503
    assert site.root.get(f"/api/channel/{number}").json()["data"]["base_url"].endswith("/openai/v1")
    body = {"name": "more", "type": 1, "key": SECRET, "base_url": f"{site.address}/simulator/openai/v1", "models": "m3"}
    assert site.root.post("/api/channel", json=body).status_code == 503
    assert site.root.get("/api/channel").json()["data"]["total"] == before, "no channel is left over"


def test_a_tag_must_be_named_and_enabling_it_wakes_what_rests(site):
    untagged = made(site)
    for way in ("enabled", "disabled"):
        assert site.root.post(f"/api/channel/tag/{way}", json={"tag": ""}).json()["parameter"] == "tag"
    assert site.root.get(f"/api/channel/{untagged}").json()["data"]["status"] == 1
    broke = made(site, "poor", key="broke-key", models="poor-model", tag="poor")
    ask(site.gateway, site.key, "Hi", "poor-model")
    assert site.root.get(f"/api/channel/{broke}").json()["data"]["status_reason"] == "billing"
    assert site.root.post("/api/channel/tag/enabled", json={"tag": "poor"}).json()["data"] == 1
    assert site.root.get(f"/api/channel/{broke}").json()["data"]["status"] == 1


def test_only_an_owner_sends_old_keys_to_another_address(site):
    number = made(site)
    site.root.post("/api/user/", json={"username": "alice", "password": PASSWORD, "role": 10})
    alice = site.session("alice")
    elsewhere = {"id": number, "base_url": f"{site.address}/simulator/strict/v1"}
    assert alice.put("/api/channel", json=elsewhere).json()["parameter"] == "base_url"
    assert alice.put("/api/channel", json={**elsewhere, "key": "one-more-key", "key_mode": "append"}).status_code == 403
    assert alice.put("/api/channel", json={**elsewhere, "key": "quite-another-key"}).status_code == 200
    assert site.root.put("/api/channel", json={"id": number, "base_url": f"{site.address}/simulator/openai/v1"}).status_code == 200


@pytest.mark.parametrize("kind, path, models", [(1, "openai/v1", "gpt"), (14, "anthropic/v1", "c=claude-sonnet-4-5"),
                                                (24, "gemini/v1beta", "g=gemini-2.5-flash"), (99, "strict/v1", "strict-gpt")])
def test_a_test_is_a_real_call_of_one_token(site, kind, path, models):
    number = made(site, type=kind, path=path, models=models)
    tried = site.root.get(f"/api/channel/test/{number}").json()
    assert tried["success"] is True, tried
    assert tried["time"] > 0 and site.root.get(f"/api/channel/{number}").json()["data"]["test_time"] > 0
    broken = made(site, "broken", type=kind, path=path, models=models, key="refused-key")
    tried = site.root.get(f"/api/channel/test/{broken}").json()
    assert tried["success"] is False and tried["message"] and SECRET not in json.dumps(tried)


def test_groups_and_tags_and_copies(site):
    number = made(site, group="friends", tag="blue")
    assert codes(site, "new-model") == {404}, "the default group is not served"
    site.root.put("/api/group", json={"name": "friends", "ratio": "1"})
    friend = site.root.post("/api/token", json={"name": "friendly", "group": "friends"}).json()["data"]["key"]
    site.owner_line.run("key", "set", str(site.root.get("/api/token").json()["data"][0]["id"]), "--group", "friends")
    assert ask(site.gateway, friend, model="new-model").status_code == 200
    copied = site.root.post(f"/api/channel/copy/{number}").json()["data"]["id"]
    assert site.root.get(f"/api/channel/{copied}").json()["data"]["status"] == 2
    assert site.root.post("/api/channel/tag/enabled", json={"tag": "blue"}).json()["data"] == 2
    assert site.root.post("/api/channel/batch/tag", json={"ids": [copied], "tag": "green"}).json()["data"] == 1
    assert site.root.put("/api/channel/tag", json={"tag": "green", "new_tag": "blue", "priority": 7}).json()["data"] == 1
    assert site.root.get(f"/api/channel/{copied}").json()["data"]["priority"] == 7
    assert "new-model" in site.root.get("/api/channel/models_enabled").json()["data"]
    listed = site.root.get("/api/channel", params={"tag": "blue"}).json()["data"]
    assert listed["total"] == 2 and listed["type_counts"]["1"] >= 2
    assert site.root.post("/api/channel/batch", json={"ids": [number, copied, 999]}).json()["data"] == 2
    made(site, "off", status=2)
    assert site.root.delete("/api/channel/disabled").json()["data"] == 1 and site.root.delete("/api/channel/disabled").json()["data"] == 0


@pytest.mark.parametrize("change, parameter", [
    ({"name": "v1"}, "name"), ({"name": "one"}, "name"), ({"name": "a b"}, "name"), ({"type": 77}, "type"), ({"base_url": "ftp://x"}, "base_url"),
    ({"base_url": "http://user:pw@x"}, "base_url"), ({"type": 99, "base_url": ""}, "base_url"), ({"key": ""}, "key"), ({"models": ""}, "models"),
    ({"model_mapping": '{"a":"b","b":"a"}'}, "model_mapping"), ({"model_mapping": "[]"}, "model_mapping"), ({"weight": -1}, "weight"),
])
def test_a_channel_that_cannot_be_is_refused(site, change, parameter):
    body = {"name": "extra", "type": 1, "key": SECRET, "base_url": f"{site.address}/simulator/openai/v1", "models": "m2", **change}
    answer = site.root.post("/api/channel", json=body)
    assert answer.status_code == 400 and answer.json()["parameter"] == parameter, answer.text


def test_the_forms_of_both_clients_are_taken(site):
    inner = {"name": "wrapped", "type": 8, "key": SECRET, "base_url": f"{site.address}/simulator/openai/v1", "models": "wrapped-model"}
    assert site.root.post("/api/channel/", json={"mode": "single", "channel": inner}).status_code == 200
    assert codes(site, "wrapped-model") == {200}
    assert site.root.post("/api/channel/", json=inner).status_code == 409
    fixed = [row for row in site.root.get("/api/channel").json()["data"]["items"] if row["read_only"]]
    assert {row["name"] for row in fixed} == {"1min", "one"}


def test_channels_from_the_command_line(site):
    line = site.owner_line
    assert "2 keys" in line.run("channel", "add", "more", "--kind", "openai", "--base-url", f"{site.address}/simulator/openai/v1",
                                "--models", "line-model", stdin=f"{SECRET}\nsecond-key-for-the-line\n")
    assert codes(site, "line-model") == {200}
    assert SECRET not in line.run("channel", "list") and json.loads(line.run("channel", "list", "--json"))[0]["keys"] == 2
    keys = line.run("channel", "keys", "more").splitlines()
    assert len(keys) == 3 and SECRET not in "".join(keys) and SECRET[-4:] in keys[1]
    first = keys[1].split()[0]
    assert "1 keys more" in line.run("channel", "add-keys", "more", stdin="third-key-for-the-line\n")
    line.run("channel", "set-key", first, "--status", "disabled")
    Seen(site.gateway).forget()
    assert codes(site, "line-model") == {200} and set(Seen(site.gateway)["openai"]["keys"]) == {"second-key-for-the-line", "third-key-for-the-line"}
    line.run("channel", "delete-key", first)
    assert "no key" in line.run("channel", "delete-key", first, succeeds=False)
    line.run("channel", "set", "more", "--base-url", f"{site.address}/simulator/strict/v1", "--tag", "moved")
    assert codes(site, "line-model") == {200} and Seen(site.gateway)["strict"]["requests"] >= 32
    line.run("channel", "set", "more", "--status", "disabled")
    assert codes(site, "line-model") == {404}
    line.run("channel", "delete", "more")
    assert "no channel" in line.run("channel", "delete", "more", succeeds=False)
    assert "of this name" in line.run("channel", "add", "one", "--kind", "openai", "--models", "m", stdin="k\n", succeeds=False)
