"""Accounts, keys and what they spend: to the last unit, in all workers, whatever happens."""

import concurrent.futures
import contextlib
import json
import os
import random
import signal
import subprocess
import time
from decimal import Decimal

import anthropic
import httpx
import openai
import pytest

from gateway import PROGRAM, living, wait_until
from vendors import Seen, gateway as vendor_gateway
from test_fallback import channel

CALM = "[breaker]\nfailures = 1000\nshare = 1.0\n"
BY_CALL = CALM + '[[price]]\nmodel = "m"\ncall = 0.01\n'
BY_TOKEN = CALM + '[[price]]\nmodel = "m"\ninput = 10\noutput = 100\n'


class Owner:
    """The command line of whoever runs the gateway."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, *arguments, stdin=None, succeeds=True):
        done = subprocess.run(
            [PROGRAM, *arguments, "--config", str(self.folder / "martlet.toml"), "--state", str(self.folder / "state")],
            capture_output=True, text=True, timeout=60, input=stdin)
        assert (done.returncode == 0) == succeeds, done
        return done.stdout.strip() if succeeds else done.stderr

    def account(self, name, money="unlimited", *more):
        self.run("account", "create", name, "--money", money, "--no-password", *more)
        return name

    def key(self, account, *options):
        issued = json.loads(self.run("key", "create", account, "--json", *options))
        return issued["key"], issued["id"]

    def accounts(self):
        return {row["username"]: row for row in json.loads(self.run("account", "list", "--json"))}

    def keys(self):
        return {row["id"]: row for row in json.loads(self.run("key", "list", "--json"))}

    def usage(self, *options):
        rows = self.run("usage", "--requests", "--json", *options).splitlines()
        return [json.loads(row, parse_float=Decimal) for row in rows]


@contextlib.contextmanager
def shop(folder, extra=BY_CALL, kind="openai", path="openai/v1", models='"m"', keys=("good-vendor-key-1",)):
    def channels(port):
        return channel(port, kind=kind, path=path, models=models, keys=keys)

    with vendor_gateway(folder, channels, extra) as running:
        yield running, Owner(folder)


def ask(gateway, key, prompt="Hi", model="m", path="/v1/chat/completions", headers=(), **more):
    return httpx.post(f"http://127.0.0.1:{gateway.port}{path}", timeout=60,
                      headers={"Authorization": f"Bearer {key}", **dict(headers)},
                      json={"model": model, "messages": [{"role": "user", "content": prompt}], **more})


def dollars(row):
    return Decimal(str(row["left_usd"])), Decimal(str(row["used_usd"])), Decimal(str(row["reserved_usd"]))


def settled(owner, key_id):
    """The key's money when nothing is set aside any more."""
    wait_until(lambda: dollars(owner.keys()[key_id])[2] == 0, 20, "nothing is reserved")
    return dollars(owner.keys()[key_id])


def test_a_key_is_shown_once_and_found_nowhere(tmp_path):
    with shop(tmp_path) as (running, owner):
        key, _ = owner.key(owner.account("ada"))
        assert ask(running, key).status_code == 200
        assert key.startswith("sk-") and len(key) == 67
        assert key not in owner.run("key", "list") and key not in owner.run("key", "list", "--json")
        for path in (tmp_path / "state").rglob("*"):
            if path.is_file():
                assert key.encode() not in path.read_bytes(), path


def test_a_hundred_at_once_with_money_for_ten(tmp_path):
    with shop(tmp_path) as (running, owner):
        key, number = owner.key(owner.account("ada", "5"), "--money", "0.1")
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda n: ask(running, key, f"number {n}"), range(100)))
        codes = [answer.status_code for answer in answers]
        assert sorted(set(codes)) == [200, 429] and codes.count(200) == 10
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.json()["error"]["code"] == "insufficient_quota"
        assert refused.headers["x-should-retry"] == "false" and "retry-after" not in refused.headers
        assert Seen(running)["openai"]["requests"] == 10
        left, used, reserved = settled(owner, number)
        assert (left, used, reserved) == (0, Decimal("0.1"), 0)
        left, used, reserved = dollars(owner.accounts()["ada"])
        assert (left, used, reserved) == (Decimal("4.9"), Decimal("0.1"), 0)


def test_money_by_token_is_never_overdrawn_by_many_and_used_up_by_one(tmp_path):
    granted = Decimal("0.05")
    with shop(tmp_path, BY_TOKEN) as (running, owner):
        key, number = owner.key(owner.account("ada"), "--money", str(granted))
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            codes = list(pool.map(lambda n: ask(running, key, f"number {n}", max_tokens=40).status_code, range(100)))
        assert set(codes) <= {200, 429}
        left, used, _ = settled(owner, number)
        # Who came last may have reserved less than it took: that is said, happens once, and nothing is lost.
        assert left + used == granted and left > Decimal("-0.005")
        served = 0
        while ask(running, key, f"more {served}", max_tokens=40).status_code == 200:
            served += 1
            assert served < 1_000
        left, used, _ = settled(owner, number)
        assert left + used == granted and Decimal("-0.005") < left < Decimal("0.001")


def test_what_an_answer_cost_is_told_and_written_down(tmp_path):
    with shop(tmp_path, BY_TOKEN) as (running, owner):
        key, _ = owner.key(owner.account("ada"))
        answer = ask(running, key)
        usage = answer.json()["usage"]
        cost = Decimal(usage["prompt_tokens"]) * 10 / 1_000_000 + Decimal(usage["completion_tokens"]) * 100 / 1_000_000
        assert Decimal(answer.headers["x-martlet-cost"]) == cost
        assert answer.headers["x-martlet-channel"] == "one" and answer.headers["x-martlet-attempts"] == "1"
        row = owner.usage()[0]
        assert (row["request"], row["cost_usd"], row["outcome"]) == (answer.headers["x-request-id"], cost, "completed")
        assert (row["model"], row["channel"], row["endpoint"]) == ("m", "one", "chat/completions")
        assert (row["input"], row["output"]) == (usage["prompt_tokens"], usage["completion_tokens"])
        found = httpx.get(f"http://127.0.0.1:{running.port}/v1/requests/{row['request']}", headers={"Authorization": f"Bearer {key}"})
        assert Decimal(str(found.json()["cost_usd"])) == cost and found.json()["outcome"] == "completed"
        other, _ = owner.key(owner.account("bob"))
        hidden = httpx.get(f"http://127.0.0.1:{running.port}/v1/requests/{row['request']}", headers={"Authorization": f"Bearer {other}"})
        assert hidden.status_code == 404
        client = openai.OpenAI(api_key=key, base_url=f"http://127.0.0.1:{running.port}/v1")
        stream = client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "Hi"}], stream=True, stream_options={"include_usage": True})
        told = [chunk.usage for chunk in stream if chunk.usage][-1]
        assert Decimal(str(told.cost)) == Decimal(told.prompt_tokens) / 100_000 + Decimal(told.completion_tokens) / 10_000


@pytest.mark.parametrize("kind, path", [("openai", "openai/v1"), ("anthropic", "anthropic/v1"), ("gemini", "gemini/v1beta")])
def test_a_translated_stream_tells_its_cost_and_books_it(tmp_path, kind, path):
    with shop(tmp_path, BY_TOKEN, kind, path, '"m = claude-sonnet-4-5"' if kind == "anthropic" else '"m = gemini-2.5-flash"'
              if kind == "gemini" else '"m"') as (running, owner):
        key, number = owner.key(owner.account("ada"), "--money", "1")
        client = openai.OpenAI(api_key=key, base_url=f"http://127.0.0.1:{running.port}/v1")
        stream = client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "Hi"}], stream=True, stream_options={"include_usage": True})
        told = [chunk.usage for chunk in stream if chunk.usage][-1]
        left, used, _ = settled(owner, number)
        assert used == Decimal(str(told.cost)) > 0 and left + used == 1


def test_a_stream_whose_client_leaves_is_charged_for_what_was_given(tmp_path):
    with shop(tmp_path, BY_TOKEN) as (running, owner):
        key, number = owner.key(owner.account("ada"), "--money", "1")
        client = openai.OpenAI(api_key=key, base_url=f"http://127.0.0.1:{running.port}/v1")
        stream = client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "sim:slow " + "word " * 200}], stream=True)
        for count, chunk in enumerate(stream):
            if count == 5:
                break
        stream.close()
        left, used, _ = settled(owner, number)
        assert left + used == 1 and used > 0
        row = owner.usage()[0]
        assert row["outcome"] == "client_gone" and row["estimated"] and row["output"] > 0


def test_what_fails_costs_nothing(tmp_path):
    with shop(tmp_path, keys=("broken-key",)) as (running, owner):
        key, number = owner.key(owner.account("ada"), "--money", "1")
        answer = ask(running, key)
        assert answer.status_code >= 500 and "x-martlet-cost" in answer.headers
        assert settled(owner, number)[:2] == (1, 0)
        assert owner.usage()[0]["outcome"] == "upstream_error"


def test_revoking_works_on_the_next_request_in_every_worker(tmp_path):
    with shop(tmp_path) as (running, owner):
        ada = owner.account("ada")
        first, number = owner.key(ada)
        second, _ = owner.key(ada)

        def codes(key):
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                return {answer.status_code for answer in pool.map(lambda n: ask(running, key, f"n {n}"), range(32))}

        assert codes(first) == {200}
        owner.run("key", "set", str(number), "--status", "disabled")
        assert codes(first) == {401} and codes(second) == {200}
        owner.run("key", "set", str(number), "--status", "enabled")
        assert codes(first) == {200}
        owner.run("key", "revoke", str(number))
        assert codes(first) == {401}
        owner.run("account", "set", "ada", "--status", "disabled")
        refused = ask(running, second)
        assert refused.status_code == 403 and refused.json()["error"]["code"] == "user_disabled"
        owner.run("account", "set", "ada", "--status", "enabled")
        owner.run("account", "delete", "ada")
        assert codes(second) == {401}


def test_a_rotated_key_works_beside_the_new_one_for_a_while(tmp_path):
    with shop(tmp_path) as (running, owner):
        old, number = owner.key(owner.account("ada"))
        new = owner.run("key", "rotate", str(number), "--hours", "0.001")
        assert ask(running, new).status_code == 200
        wait_until(lambda: ask(running, old).status_code == 401, 10, "the old key has ended")
        assert ask(running, new).status_code == 200


@pytest.mark.parametrize("key", ["sk-" + "0" * 64, "kp_" + "a" * 48])
def test_an_unknown_key_of_our_own_form_never_reaches_a_vendor(tmp_path, key):
    with shop(tmp_path) as (running, _):
        answer = ask(running, key, model="gpt-4o-mini")
        assert answer.status_code == 401 and answer.json()["error"]["code"] == "invalid_api_key"
        simulated = httpx.get(f"http://127.0.0.1:{running.port}/simulator/vendors").text
        assert key not in simulated


def test_limits_of_a_key(tmp_path):
    with shop(tmp_path) as (running, owner):
        ada = owner.account("ada")

        def refusal(*options, model="m", **more):
            key, _ = owner.key(ada, *options)
            for _ in range(3):
                answer = ask(running, key, model=model, **more)
            assert answer.status_code != 200, options
            return answer.status_code, answer.json()["error"]["code"]

        assert refusal("--models", "other,gpt-*") == (403, "model_not_allowed")
        assert refusal("--networks", "10.0.0.0/8") == (403, "address_not_allowed")
        assert refusal("--expires", "2020-01-01") == (401, "invalid_api_key")
        assert refusal("--requests-per-minute", "2") == (429, "rate_limit_exceeded")
        assert refusal("--daily", "0.02") == (429, "budget_exceeded")
        assert refusal("--monthly", "0.02") == (429, "budget_exceeded")
        assert refusal("--money", "0.02") == (429, "insufficient_quota")
        key, _ = owner.key(ada, "--models", "m*")
        listed = httpx.get(f"http://127.0.0.1:{running.port}/v1/models", headers={"Authorization": f"Bearer {key}"}).json()["data"]
        assert "m" in [model["id"] for model in listed] and all(model["id"].startswith("m") for model in listed)
        key, _ = owner.key(ada, "--models", "m*", "--networks", "127.0.0.0/8,::1", "--expires", "2099-01-01")
        assert ask(running, key).status_code == 200


def test_only_so_many_requests_of_a_key_run_at_once(tmp_path):
    with shop(tmp_path) as (running, owner):
        key, _ = owner.key(owner.account("ada"), "--concurrent", "3")
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(lambda n: ask(running, key, f"sim:slow {n}", stream=True), range(12)))
        codes = [answer.status_code for answer in answers]
        assert codes.count(200) == 3 and codes.count(429) == 9
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.json()["error"]["code"] == "too_many_concurrent_requests" and refused.headers["retry-after"] == "1"


def test_a_group_pays_its_share(tmp_path):
    with shop(tmp_path) as (running, owner):
        owner.run("group", "set", "friends", "--ratio", "0.5")
        key, number = owner.key(owner.account("ada", "unlimited", "--group", "friends"), "--money", "1")
        assert ask(running, key).headers["x-martlet-cost"] == "0.005"
        assert settled(owner, number)[0] == Decimal("0.995")


def test_a_price_that_is_set_while_the_service_runs_counts_at_once_and_everywhere(tmp_path):
    with shop(tmp_path) as (running, owner):
        key, number = owner.key(owner.account("ada", "5"))

        def costs():
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                answers = list(pool.map(lambda n: ask(running, key, f"n {n}"), range(32)))
            return {answer.headers["x-martlet-cost"] for answer in answers}

        assert costs() == {"0.01"}
        made = owner.run("price", "set", "m", "call=0.02").split()[1].rstrip(":")
        assert costs() == {"0.02"}
        owner.run("price", "set", "*", "call=0.5", "--channel", "elsewhere")
        owner.run("price", "set", "m", "call=0.03", "--channel", "one")
        assert costs() == {"0.03"}, "the more special price comes first"
        assert owner.run("price", "list").splitlines()[2].split()[1:] == ["*", "elsewhere", "call", "0.5"]
        owner.run("price", "delete", made)
        assert costs() == {"0.03"} and settled(owner, number)[1] == Decimal("2.88")
        for wrong in (["m"], ["m", "call"], ["m", "calls=1"], ["m", "call=-1"], ["m", "call=nan"]):
            owner.run("price", "set", *wrong, succeeds=False)


def test_a_model_without_a_price_is_refused_where_money_is_limited(tmp_path):
    with shop(tmp_path, CALM) as (running, owner):
        limited, _ = owner.key(owner.account("ada"), "--money", "1")
        answer = ask(running, limited)
        assert answer.status_code == 400 and answer.json()["error"]["code"] == "model_has_no_price"
        unlimited, _ = owner.key("ada")
        answer = ask(running, unlimited)
        assert answer.status_code == 200 and "x-martlet-cost" not in answer.headers
        assert owner.usage()[0]["unpriced"]


def test_anthropics_client_learns_that_the_money_is_gone(tmp_path):
    with shop(tmp_path) as (running, owner):
        key, _ = owner.key(owner.account("ada"), "--money", "0")
        client = anthropic.Anthropic(api_key=key, base_url=f"http://127.0.0.1:{running.port}", max_retries=0)
        with pytest.raises(anthropic.APIStatusError) as caught:
            client.messages.create(model="m", max_tokens=10, messages=[{"role": "user", "content": "Hi"}])
        assert caught.value.status_code == 402 and caught.value.body["error"]["type"] == "billing_error"


def test_the_books_balance_whatever_happens(tmp_path):
    """Failures, clients that leave, and workers that are killed in the middle; the vendor's own count is the judge."""
    rounds, granted, price = int(os.environ.get("TEST_MONEY_ROUNDS", "6")), Decimal(50), Decimal("0.01")
    with shop(tmp_path) as (running, owner):
        key, number = owner.key(owner.account("ada", str(granted)), "--money", str(granted))
        choice, kills = random.Random(7), 0

        def one(seed):
            rolled = random.Random(seed)
            prompt = rolled.choice(["Hi", "Hi", "Hi", "sim:overloaded", "sim:malformed", "sim:slow", "sim:cut"]) + f" {seed}"
            try:
                with httpx.stream("POST", f"http://127.0.0.1:{running.port}/v1/chat/completions", timeout=20,
                                  headers={"Authorization": f"Bearer {key}"},
                                  json={"model": "m", "stream": rolled.random() < 0.7,
                                        "messages": [{"role": "user", "content": prompt}]}) as answer:
                    for piece in answer.iter_raw():
                        if rolled.random() < 0.05:
                            break
            except httpx.HTTPError:
                pass

        for turn in range(rounds):
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                work = [pool.submit(one, turn * 1_000 + n) for n in range(60)]
                time.sleep(choice.uniform(0.05, 0.5))
                workers = [n for n, row in running.processes().items() if "martlet worker " in row[3]]
                if workers:
                    os.kill(choice.choice(workers), signal.SIGKILL)
                    kills += 1
                concurrent.futures.wait(work)
        left, used, reserved = settled(owner, number)
        assert left + used == granted and reserved == 0
        account = dollars(owner.accounts()["ada"])
        assert account[0] + account[1] == granted and account[1] == used
        booked = owner.usage("--account", "ada")
        assert sum(row["cost_usd"] for row in booked) == used
        assert [row for row in booked if row["outcome"] == "crashed"], "the kills hit something"
        assert len(booked) == len({row["request"] for row in booked})
        # Every answer that was given is paid for.
        assert used >= price * len([row for row in booked if row["outcome"] == "completed"])


def test_a_killed_worker_charges_no_call_that_was_not_made_and_forgets_none(tmp_path):
    rounds, price = int(os.environ.get("TEST_MONEY_ROUNDS", "6")), Decimal("0.01")
    with shop(tmp_path) as (running, owner):
        key, number = owner.key(owner.account("ada", "100"), "--money", "100")
        choice, kills, refused = random.Random(11), 0, []

        def one(n):
            try:
                refused.append(ask(running, key, f"{'sim:wait' if n % 5 == 0 else 'Hi'} {n}", stream=n % 2 == 0).status_code)
            except httpx.HTTPError:
                pass

        for turn in range(rounds):
            with concurrent.futures.ThreadPoolExecutor(16) as pool:
                work = [pool.submit(one, turn * 1_000 + n) for n in range(80)]
                time.sleep(choice.uniform(0.05, 0.4))
                workers = [n for n, row in running.processes().items() if "martlet worker " in row[3]]
                if workers:
                    os.kill(choice.choice(workers), signal.SIGKILL)
                    kills += 1
                concurrent.futures.wait(work)
        left, used, _ = settled(owner, number)
        assert left + used == 100
        made = Seen(running)["openai"]["requests"]
        assert made * price <= used <= (made + kills) * price


def test_a_request_that_runs_is_nobodys_orphan(tmp_path):
    with shop(tmp_path) as (running, owner):
        key, number = owner.key(owner.account("ada"), "--money", "1")
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            work = []
            for n in range(12):
                work.append(pool.submit(ask, running, key, f"sim:slow {n}", stream=True))
                time.sleep(0.5)
            assert {job.result().status_code for job in work} == {200}
        assert settled(owner, number)[1] == Decimal("0.12")
        assert {row["outcome"] for row in owner.usage()} == {"completed"}
