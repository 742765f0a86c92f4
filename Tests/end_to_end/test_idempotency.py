"""`Idempotency-Key`: the same request again joins the running call or gets the same answer, and is paid for once."""

import concurrent.futures
import os
import signal
import uuid
from decimal import Decimal

import httpx
import pytest

from gateway import wait_until
from vendors import Seen
from test_money import ask, settled, shop


def ask_again(gateway, key, name, prompt="Hi", **more):
    return ask(gateway, key, prompt, headers={"Idempotency-Key": name}, **more)


@pytest.mark.parametrize("stream", [False, True])
def test_the_same_request_again_gets_the_same_answer_and_costs_nothing(tmp_path, stream):
    with shop(tmp_path) as (running, owner):
        key, number = owner.key(owner.account("ada"), "--money", "1")
        name = str(uuid.uuid4())
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: ask_again(running, key, name, "sim:wait", stream=stream), range(8)))
        assert {answer.status_code for answer in answers} == {200} and len({answer.content for answer in answers}) == 1
        assert sum("idempotent-replayed" in answer.headers for answer in answers) == 7
        again = ask_again(running, key, name, "sim:wait", stream=stream)
        assert again.content == answers[0].content and again.headers["content-type"] == answers[0].headers["content-type"]
        assert Seen(running)["openai"]["requests"] == 1 and settled(owner, number)[1] == Decimal("0.01")
        other = ask_again(running, key, name, "another question", stream=stream)
        assert other.status_code == 400 and other.json()["error"]["code"] == "idempotency_key_reused"
        another, _ = owner.key("ada")
        assert "idempotent-replayed" not in ask_again(running, another, name, "sim:wait", stream=stream).headers
        for path in (tmp_path / "state").rglob("martlet.db*"):
            assert b"sim:wait" not in path.read_bytes()


def test_what_failed_may_be_asked_again_by_the_same_name(tmp_path):
    with shop(tmp_path, keys=("broken-key",)) as (running, owner):
        key, _ = owner.key(owner.account("ada"))
        assert ask_again(running, key, "once").status_code >= 500
        assert ask_again(running, key, "once").status_code >= 500
        assert Seen(running)["openai"]["requests"] >= 2
        assert ask_again(running, key, "x" * 256).status_code == 400


def test_a_call_whose_worker_was_killed_is_made_anew_for_who_waits(tmp_path):
    with shop(tmp_path) as (running, owner):
        key, _ = owner.key(owner.account("ada"))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            first = pool.submit(ask_again, running, key, "n", "sim:wait")
            wait_until(lambda: Seen(running)["openai"]["requests"] == 1, 10, "the first call is made")
            for number, row in running.processes().items():
                if "martlet worker " in row[3]:
                    os.kill(number, signal.SIGKILL)
            assert first.result().status_code == 502
            wait_until(lambda: httpx.get(f"http://127.0.0.1:{running.port}/health").status_code == 200, 20, "it is back")
            assert ask_again(running, key, "n", "sim:wait").status_code == 200


def test_a_long_request_is_made_once_and_kept_out_of_memory(tmp_path):
    with shop(tmp_path) as (running, owner):
        key, _ = owner.key(owner.account("ada"))
        workers = [n for n, row in running.processes().items() if "martlet worker " in row[3]]

        def peak():
            return sum(int(line.split()[1]) for n in workers for line in open(f"/proc/{n}/status") if line.startswith("VmHWM"))

        before, prompt = peak(), "word " * 3_000_000
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: ask_again(running, key, "long", prompt), range(8)))
        assert {answer.status_code for answer in answers} == {200} and Seen(running)["openai"]["requests"] == 1
        assert peak() - before < 150_000, "eight bodies of 15 MB are not in memory"
