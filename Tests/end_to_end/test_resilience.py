"""Workers that die, clients that leave, settings that change, vendors that keep silent: behind a real web server."""

import json
import os
import signal
import threading
import time

import pytest

from gateway import Gateway, fresh_key, wait_until
from load import CHAT, Load, SLOW, Stream, WAIT, ask, error_of, log_of, martlet, sockets, workers


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    gateway = Gateway("nginx", tmp_path_factory.mktemp("nginx") / "state",
                      settings={"MARTLET_STREAM_HEARTBEAT_SECONDS": "1"}).wait_ready()
    yield gateway
    status = gateway.stop()
    left = gateway.left_over()
    if left:
        gateway.end_leftovers()
    assert status == 0
    assert not left


# Workers that die


def test_a_worker_that_is_killed_takes_only_its_own_requests_along(run):
    gateway = run().wait_ready()
    before = workers(gateway)
    assert len(before) == 2
    idle = {worker: sockets(worker) for worker in before}
    streams = [Stream(gateway) for _ in range(12)]
    wait_until(lambda: gateway.simulator()["open_streams"] == 12, 20, "all streams run")
    # Each stream takes two sockets: the web server's and the vendor's.
    held = {worker: (sockets(worker) - idle[worker]) // 2 for worker in before}
    victim = max(before, key=lambda worker: held[worker])
    load = Load(gateway)
    wait_until(lambda: len(load.answers) > 20, 20, "requests flow")
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: len(workers(gateway) - before) == 1, 10, "a new worker runs")
    seen = len(load.answers)
    wait_until(lambda: len(load.answers) > seen + 40, 20, "requests flow again")
    statuses = load.stop()
    ends = [stream.end() for stream in streams]

    assert before - {victim} <= workers(gateway)
    assert set(statuses) <= {200, 502}
    assert statuses.count(502) <= len(load.threads), "more than what was running in the victim failed"
    for answer in load.answers:
        if answer[0] == 502:
            assert error_of(answer)["code"]
    assert 0 < ends.count(False) <= held[victim] + 1
    for stream, ended in zip(streams, ends):
        if not ended:
            assert stream.body.count(b"data: ") > 0 and b'"finish_reason":"stop"' not in stream.body
    assert {ask(gateway)[0] for _ in range(20)} == {200}


def test_requests_of_a_killed_worker_that_have_no_answer_yet_get_an_error(run):
    gateway = run(options=["--workers", "1"]).wait_ready()
    (victim,) = workers(gateway)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask(gateway, WAIT)), daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_until(lambda: gateway.simulator()["chat_requests"] == 4, 10, "the vendor was asked")
    os.kill(victim, signal.SIGKILL)
    for thread in threads:
        thread.join(30)
    assert [status for status, _, _ in answers] == [502] * 4
    for answer in answers:
        assert error_of(answer)["code"]
        assert answer[1]["Access-Control-Allow-Origin"] == "*"
    # What comes while there is no worker waits in the socket's queue.
    assert ask(gateway)[0] == 200
    assert victim not in workers(gateway)
    entries = [entry for entry in log_of(gateway) if "workerEnded" in entry["message"] or "ended" in entry["message"]]
    assert entries and entries[0]["level"] == "warning"


def test_a_stopped_worker_does_not_stop_the_others(run):
    gateway = run().wait_ready()
    victim = min(workers(gateway))
    os.kill(victim, signal.SIGSTOP)
    try:
        # Connections are taken by whoever is free: a worker that hangs takes at most what it took already.
        assert [ask(gateway)[0] for _ in range(10)].count(200) >= 9
    finally:
        os.kill(victim, signal.SIGCONT)


# Signals


def test_a_reload_changes_settings_and_a_bad_file_does_not(run, tmp_path):
    config = tmp_path / "martlet.toml"

    def write(permitted, more=""):
        config.write_text('[server]\nsocket = "unix:run/martlet.sock"\n[models]\npermitted = '
                          f'{json.dumps(permitted)}\npermitted_only = true\n[limits]\nrequests_per_minute = 0\n{more}')

    write(["gpt-4o-mini"])
    gateway = run(options=["--config", str(config)], settings={"MARTLET_ONEMIN_BASE_URL": "http://127.0.0.1:9"}).wait_ready()
    before = workers(gateway)

    def models():
        """What the workers say; they may differ for a moment."""
        answers = [gateway.request("GET", "/v1/models")[2] for _ in range(8)]
        return {tuple(model["id"] for model in json.loads(answer)["data"]) for answer in answers}

    def reload():
        done = len([entry for entry in log_of(gateway) if "settings" in entry["message"]])
        os.kill(martlet(gateway), signal.SIGHUP)
        wait_until(lambda: len([e for e in log_of(gateway) if "settings" in e["message"]]) == done + 2, 10, "both workers have read it")
        return log_of(gateway)[-1]

    assert models() == {("gpt-4o-mini",)}
    write(["gpt-4o-mini", "gpt-4o"])
    reload()
    assert models() == {("gpt-4o-mini", "gpt-4o")}

    for text, reason in [("[server\n", f"{config}:1:"), ('[log]\nlevel = "loud"\n', f"{config}:2: log.level")]:
        config.write_text(text)
        reload()
        entry = [entry for entry in log_of(gateway) if "not reloaded" in entry["message"]][-1]
        assert entry["level"] == "error"
        assert reason in entry["reason"]
        assert models() == {("gpt-4o-mini", "gpt-4o")}
    config.unlink()
    reload()
    assert models() == {("gpt-4o-mini", "gpt-4o")}
    config.mkdir()
    reload()
    assert models() == {("gpt-4o-mini", "gpt-4o")}, "a folder is no settings file"
    config.rmdir()

    write(["gpt-4o"])
    reload()
    assert models() == {("gpt-4o",)}
    assert workers(gateway) == before


def test_a_reload_does_not_touch_running_requests(run):
    gateway = run().wait_ready()
    streams = [Stream(gateway) for _ in range(4)]
    load = Load(gateway)
    for _ in range(5):
        os.kill(martlet(gateway), signal.SIGHUP)
        seen = len(load.answers)
        wait_until(lambda: len(load.answers) > seen + 5, 10, "requests flow")
    assert set(load.stop()) == {200}
    assert [stream.end() for stream in streams] == [True] * 4
    # Old connections, databases and threads go with the old settings.
    descriptors = [len(os.listdir(f"/proc/{worker}/fd")) for worker in workers(gateway)]
    for _ in range(20):
        os.kill(martlet(gateway), signal.SIGHUP)
        time.sleep(0.05)
    wait_until(lambda: sum(entry["message"] == "settings reloaded" for entry in log_of(gateway)) >= 4, 10, "reloads were noticed")
    wait_until(lambda: all(len(os.listdir(f"/proc/{worker}/fd")) <= max(descriptors) + 10 for worker in workers(gateway)),
               15, "reloads leave no descriptors behind")


def test_an_upgrade_under_load_drops_nothing(run):
    gateway = run().wait_ready()
    before, supervisor = workers(gateway), martlet(gateway)
    streams = [Stream(gateway) for _ in range(4)]
    load = Load(gateway)
    os.kill(supervisor, signal.SIGUSR2)
    wait_until(lambda: len(workers(gateway) - before) == 2, 20, "new workers run")
    assert [stream.end() for stream in streams] == [True] * 4
    wait_until(lambda: not workers(gateway) & before, 20, "the old workers left")
    assert set(load.stop()) == {200}
    assert martlet(gateway) == supervisor


def test_a_stop_lets_running_streams_end(run):
    gateway = run().wait_ready()
    # conf/run would notice and stop the web server, too: it has to look away for a moment.
    os.kill(gateway.process.pid, signal.SIGSTOP)
    try:
        streams, answers = [Stream(gateway), Stream(gateway)], []
        whole = threading.Thread(target=lambda: answers.append(ask(gateway, WAIT)), daemon=True)
        whole.start()
        wait_until(lambda: gateway.simulator()["chat_requests"] == 3, 10, "all requests run")
        os.kill(martlet(gateway), signal.SIGTERM)
        # Whoever comes now is told so, as JSON.
        wait_until(lambda: ask(gateway)[0] == 502, 10, "no new requests are taken")
        assert error_of(ask(gateway))["code"]
        assert [stream.end() for stream in streams] == [True, True]
        whole.join(30)
        assert answers[0][0] == 200
        wait_until(lambda: not workers(gateway), 10, "the workers have left")
    finally:
        os.kill(gateway.process.pid, signal.SIGCONT)
    gateway.process.wait(40)


# Clients that leave


@pytest.mark.parametrize("prompt", [WAIT, "sim:silent please", "sim:stall please"])
def test_a_client_that_leaves_in_silence_is_noticed(nginx, prompt):
    wait_until(lambda: nginx.simulator()["open_streams"] == 0, 30, "no stream is left over")
    before = nginx.simulator()["aborted_streams"]
    # The head may come with the first heartbeat only: the request is sent, and nothing is waited for.
    connection = nginx.connection()
    connection.request("POST", CHAT, json.dumps(
        {"model": "gpt-4o-mini", "stream": True, "messages": [{"role": "user", "content": prompt}]}),
        {"Authorization": f"Bearer {fresh_key()}", "Content-Type": "application/json"})
    wait_until(lambda: nginx.simulator()["open_streams"] == 1, 10, "the vendor was asked")
    connection.close()
    left = time.monotonic()
    wait_until(lambda: nginx.simulator()["aborted_streams"] == before + 1, 10, "the vendor is told")
    assert time.monotonic() - left < 1
    wait_until(lambda: log_of(nginx)[-1].get("status") == 499, 5, "the log says who left")


def test_a_client_that_leaves_a_whole_answer_is_noticed(nginx):
    connection = nginx.connection()
    before = nginx.simulator()["chat_requests"]
    connection.request("POST", CHAT, json.dumps(
        {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "sim:silent please"}]}),
        {"Authorization": f"Bearer {fresh_key()}", "Content-Type": "application/json", "X-Request-Id": "whole-and-gone"})
    wait_until(lambda: nginx.simulator()["chat_requests"] == before + 1, 10, "the vendor was asked")
    connection.close()

    def line():
        return [entry for entry in log_of(nginx) if entry.get("request") == "whole-and-gone" and "status" in entry]

    wait_until(line, 10, "the request ends")
    assert line()[0]["status"] == 499
    assert line()[0]["label"] == "client_gone"
    # The vendor keeps silent for 25 s; nobody waited for it.
    assert line()[0]["total_ms"] < 10_000


@pytest.mark.parametrize("server", ["lighttpd", "apache-proxy"])
def test_a_heartbeat_finds_out_who_left(run, server):
    gateway = run(server, settings={"MARTLET_STREAM_HEARTBEAT_SECONDS": "1"}).wait_ready()
    connection, answer = gateway.open_chat("sim:silent please")
    assert answer.read1(100).startswith(b": ")
    answer.close()
    connection.close()
    # The vendor keeps silent for 25 s, and its own web server would not tell it: the log does.
    wait_until(lambda: any(entry.get("label") == "client_gone" for entry in log_of(gateway)), 10, "the request ends")


def test_many_clients_that_leave_leave_nothing_behind(nginx):
    descriptors = {worker: len(os.listdir(f"/proc/{worker}/fd")) for worker in workers(nginx)}
    for _ in range(3):
        opened = [nginx.open_chat(SLOW) for _ in range(30)]
        for connection, answer in opened:
            answer.close()
            connection.close()
    wait_until(lambda: nginx.simulator()["open_streams"] == 0, 20, "no stream is left open")
    # Some connections to the vendor stay for the next request.
    wait_until(lambda: all(len(os.listdir(f"/proc/{worker}/fd")) < count + 200 for worker, count in descriptors.items()),
               20, "descriptors are given back")
    assert ask(nginx)[0] == 200


# Vendors that keep silent


def test_heartbeats_come_while_the_vendor_is_silent(nginx):
    connection, answer = nginx.open_chat(WAIT)
    assert answer.status == 200
    first = answer.read1(100)
    assert first.startswith(b": ") and first.endswith(b"\n\n")
    assert nginx.simulator()["open_streams"] == 1, "the heartbeat came with the answer"
    body = first + answer.read()
    connection.close()
    comments, _, rest = body.partition(b"data: ")
    # Three seconds of silence, one second apart.
    assert 1 <= comments.count(b": ") <= 3
    assert body.endswith(b"data: [DONE]\n\n")
    assert b": waiting" not in rest


def test_no_heartbeat_disturbs_a_whole_answer(nginx):
    status, _, body = ask(nginx, WAIT)
    assert status == 200
    assert json.loads(body)["object"] == "chat.completion"


def test_a_vendor_that_does_not_begin_in_time_is_a_504(run):
    gateway = run(settings={"MARTLET_UPSTREAM_FIRST_BYTE_SECONDS": "1"}).wait_ready()
    for stream in [False, True]:
        answer = ask(gateway, WAIT, stream=stream)
        assert answer[0] == 504
        assert error_of(answer)["code"] == "upstream_timeout"


def test_a_vendor_that_stalls_is_an_event_in_the_stream(run):
    gateway = run(settings={"MARTLET_UPSTREAM_IDLE_SECONDS": "1"}).wait_ready()
    status, _, body = ask(gateway, "sim:stall please", stream=True)
    assert status == 200
    *_, error, done = [event for event in body.decode().split("\n\n") if event]
    assert json.loads(error.removeprefix("data: "))["error"]["code"] == "upstream_timeout"
    assert done == "data: [DONE]"
    wait_until(lambda: gateway.simulator()["open_streams"] == 0, 5, "the vendor's stream is given up")
    # A stream that only pauses is none that stalls.
    assert ask(gateway, SLOW, stream=True)[2].endswith(b"[DONE]\n\n")


def test_an_answer_that_takes_too_long_as_a_whole_is_cut(run):
    gateway = run(settings={"MARTLET_UPSTREAM_TOTAL_SECONDS": "1"}).wait_ready()
    status, _, body = ask(gateway, SLOW, stream=True)
    assert status == 200
    assert b'"code":"upstream_timeout"' in body and b'"finish_reason":"stop"' not in body
    assert ask(gateway, WAIT)[0] == 504
