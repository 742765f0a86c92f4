"""A vendor that breaks every rule: clients get an error in OpenAI's shape or a stream that says it failed."""

import json
import time

import pytest

from gateway import Gateway, free_port, wait_until
from vendor import GOOD, STREAM, Vendor, endless, event, piece, record, reset, whole

CHAT = "/v1/chat/completions"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
LARGEST = 2**63 - 1


def late(seconds, script):
    """Keeps silent first; longer than a heartbeat is apart."""
    def run(vendor, connection):
        time.sleep(seconds)
        connection.sendall(script)
    return run


# What each does to a streamed and to a whole request: the status of an answer that has not begun.
BEFORE_THE_ANSWER = {
    "hang-up": (b"", 502),
    "reset": (lambda vendor, connection: reset(connection), 502),
    "half-head": (b"HTTP/1.1 200 OK\r\nContent-Ty", 502),
    "not-http": (b"220 mail.example ESMTP\r\n", 502),
    "huge-head": (b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"x" * 20_000_000 + b"\r\n\r\n", 502),
    "many-fields": (b"HTTP/1.1 200 OK\r\n" + b"X-Filler: 1\r\n" * 500_000 + b"\r\n", 502),
    "redirect": (whole(b"", "302 Found", fields=["Location: /stolen"]), 502),
    "redirect-to-file": (whole(b"", "301 Moved", fields=["Location: file:///etc/passwd"]), 502),
    "nothing": (whole(b""), 502),
    "no-content": (b"HTTP/1.1 204 No Content\r\n\r\n", 502),
    "switch": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", 502),
    "status-999": (whole({"message": "odd"}, "999 Odd"), 502),
    "teapot": (whole({"message": "odd"}, "418 I'm a teapot"), 502),
    "html": (whole(b"<html>10.0.0.7</html>", "500 Oops", "text/html"), 502),
    "deep-error": (whole(b'{"error":' * 5_000 + b"1" + b"}" * 5_000, "500 Oops"), 502),
    "words-for-markup": (whole({"error": {"code": "A\r\nX-Evil: 1", "message": "<b>\u0000\u001b[31m"}}, "500 Oops"), 502),
    "json-list": (whole([1, 2, 3]), 502),
    "json-null": (whole(None), 502),
    "not-json": (whole(b"{", "200 OK"), 502),
    "no-text": (whole({"aiRecord": {"status": "SUCCESS", "aiRecordDetail": {"resultObject": [1, None, {}]}}}), 502),
    "not-utf8": (whole(b'{"aiRecord":{"result":"\xff\xfe"}}'), 502),
    "first-event-fails": (STREAM + event("error", {"error": "X"}), 502),
    "only-done": (STREAM + event("done", {}), 502),
    "unasked-gzip": (whole(b"\x1f\x8b\x08\x00" + b"\x00" * 64, fields=["Content-Encoding: gzip"]), 502),
    "endless-refusal": (lambda vendor, connection: endless(connection, b"HTTP/1.1 500 Oops\r\n\r\n", b"x" * 4_096), 502),
    "endless-comments": (lambda vendor, connection: endless(connection, STREAM, b": still here\n\n"), (502, 504)),
    "endless-line": (lambda vendor, connection: endless(connection, STREAM, b"x" * 1_000_000), (502, 504)),
    "endless-json": (lambda vendor, connection: endless(
        connection, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b" " * 1_000_000), (502, 504)),
    "endless-head": (lambda vendor, connection: endless(connection, b"HTTP/1.1 200 OK\r\n", b"X-Filler: 1\r\n"), (502, 504)),
    "silence": (lambda vendor, connection: vendor.wait_for_hang_up(connection, 30), 504),
    "deaf": (lambda vendor, connection: (connection.sendall(STREAM), vendor.wait_for_hang_up(connection, 30)), 504),
}

# What breaks a stream after its first piece.
AFTER_THE_FIRST_PIECE = {
    "cut-chunk": CHUNKED + b"%x\r\n" % len(piece("Hello")) + piece("Hello") + b"\r\nff\r\nevent: con",
    "bad-chunk": CHUNKED + b"%x\r\n" % len(piece("Hello")) + piece("Hello") + b"\r\nzz\r\n",
    "short-length": whole(piece("Hello") + b" " * 500, kind="text/event-stream").replace(b" " * 500, b""),
    "reset-later": lambda vendor, connection: (connection.sendall(STREAM + piece("Hello")), time.sleep(0.3), reset(connection)),
    "error-later": STREAM + piece("Hello") + event("error", {"error": "INSUFFICIENT_CREDITS"}),
    "failed-later": STREAM + piece("Hello") + event("result", record(status="FAILED")),
    "silence-later": lambda vendor, connection: (
        connection.sendall(STREAM + piece("Hello")), vendor.wait_for_hang_up(connection, 30)),
    "comments-later": lambda vendor, connection: endless(connection, STREAM + piece("Hello"), b": still here\n\n"),
    "a-line-without-an-end": lambda vendor, connection: endless(connection, STREAM + piece("Hello"), b"x" * 1_000_000),
}

# Odd, but an answer.
GOOD_ENOUGH = {
    "continue-first": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + GOOD,
    "http-1-0": GOOD.replace(b"HTTP/1.1", b"HTTP/1.0"),
    "bom": STREAM + b"\xef\xbb\xbf" + piece("Hello") + event("done", {}),
    "huge-numbers": STREAM + piece("Hello") + event("result", record(usage=(LARGEST, LARGEST))),
    "huge-sum": STREAM + piece("Hello") + event("result", record(usage=(LARGEST, 1))),
    "negative-numbers": STREAM + piece("Hello") + event("result", record(usage=(-5, -5))),
    "text-numbers": STREAM + piece("Hello") + event("result", record(usage=("7", None))),
    "odd-events": STREAM + b"retry: 99999999999999999999\nid: \x00\n\n:\n\ndata\n\n" + piece("Hello") + event("ping", 1) + event("done", {}),
    "nul": STREAM + piece("Hello \u0000 \u2028 \ud83d\ude00") + event("done", {}),
    "lone-surrogate": STREAM + piece("Hello \ud800") + event("done", {}),
    "deep-event": STREAM + piece("Hello") + b"event: unknown\ndata: " + b"[" * 100_000 + b"\n\n" + event("done", {}),
    "after-the-end": STREAM + piece("Hello") + event("done", {}) + piece("Evil") + event("error", {"error": "late"}),
}


def runs(scripts):
    return {name: script[0] if isinstance(script, tuple) else script for name, script in scripts.items()}


@pytest.fixture(scope="module")
def vendor():
    vendor = Vendor(
        **runs(BEFORE_THE_ANSWER), **runs(AFTER_THE_FIRST_PIECE), **GOOD_ENOUGH,
        **{"late-refusal": late(1.5, whole({"error": {"code": "RATE_LIMITED", "message": "Slower."}}, "429 No")),
           "late-hang-up": late(1.5, b""), "late-answer": late(1.5, GOOD)},
        **{f"retry-{name}": whole({"error": {"code": "RATE_LIMITED"}}, "429 No", fields=[f"Retry-After: {value}"])
           for name, value in RETRY_AFTER.items()})
    yield vendor
    vendor.close()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory, vendor):
    """Time limits as short as the settings allow, so that no test waits long."""
    gateway = Gateway("nginx", tmp_path_factory.mktemp("vendor") / "state", settings={
        "MARTLET_ONEMIN_BASE_URL": vendor.origin, "MARTLET_STREAM_HEARTBEAT_SECONDS": "1",
        "MARTLET_UPSTREAM_FIRST_BYTE_SECONDS": "2.5", "MARTLET_UPSTREAM_IDLE_SECONDS": "2",
        "MARTLET_UPSTREAM_TOTAL_SECONDS": "4", "MARTLET_LIMITS_TOKENS_PER_MINUTE": "0"}).wait_ready()
    gateway.first_workers = workers(gateway)
    yield gateway
    status = gateway.stop()
    left = gateway.left_over()
    if left:
        gateway.end_leftovers()
    assert status == 0
    assert not left


@pytest.fixture(autouse=True)
def unharmed(gateway):
    """After every test the same workers answer a good request."""
    yield
    died = gateway.first_workers - workers(gateway)
    if died:  # so that one crash is told once
        wait_until(lambda: len(workers(gateway)) == 2, 10, "two workers run again")
        gateway.first_workers = workers(gateway)
    assert not died, "a worker died"
    status, _, body = ask(gateway, "Hello")
    assert status == 200, body


def workers(gateway):
    return {number for number, row in gateway.processes().items() if "martlet worker " in row[3]}


def ask(gateway, prompt, stream=False):
    connection, answer = gateway.open_chat(prompt, stream=stream)
    try:
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def error_of(answer):
    status, fields, body = answer
    assert fields["Content-Type"].startswith("application/json"), body[:300]
    error = json.loads(body)["error"]
    assert {"message", "type", "param", "code"} <= error.keys()
    for secret in ["10.0.0.7", "root:", "\u001b", "<b>"]:
        assert secret not in error["message"]
    assert fields["X-Evil"] is None
    return error


def data_of(body):
    """The values of the data lines; the events must be complete."""
    assert body.endswith(b"\n\n")
    lines = [line.removeprefix("data: ") for line in body.decode().split("\n") if line.startswith("data: ")]
    return [line if line == "[DONE]" else json.loads(line) for line in lines]


def text_of(values):
    return "".join(choice["delta"].get("content") or "" for value in values
                   if isinstance(value, dict) for choice in value.get("choices", []))


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", BEFORE_THE_ANSWER)
def test_no_answer_is_an_error(gateway, vendor, name, stream):
    expected = BEFORE_THE_ANSWER[name][1]
    answer = ask(gateway, f"do:{name}", stream)
    status = answer[0]
    if stream and answer[1]["Content-Type"].startswith("text/event-stream"):
        # A heartbeat had gone out: the error is an event.
        values = data_of(answer[2])
        assert answer[2].startswith(b": ")
        assert text_of(values) == ""
        assert values[0]["error"]["message"] and values[-1] == "[DONE]"
    else:
        assert status in (expected if isinstance(expected, tuple) else (expected,)), answer[2]
        assert error_of(answer)["code"] in ("upstream_error", "upstream_timeout")
    assert not [line for line in vendor.asked if "stolen" in line], "a redirect was followed"


@pytest.mark.parametrize("name", AFTER_THE_FIRST_PIECE)
def test_a_stream_that_breaks_says_so(gateway, name):
    status, fields, body = ask(gateway, f"do:{name}", stream=True)
    assert status == 200
    values = data_of(body)
    assert text_of(values) == "Hello"
    errors = [value["error"] for value in values if isinstance(value, dict) and "error" in value]
    assert len(errors) == 1, body
    assert {"message", "type", "param", "code"} <= errors[0].keys()
    finished = [choice["finish_reason"] for value in values if isinstance(value, dict) for choice in value.get("choices", [])]
    assert set(finished) == {None}, "a broken answer must not look finished"
    assert values[-1] == "[DONE]"


@pytest.mark.parametrize("name", GOOD_ENOUGH)
def test_an_odd_answer_is_an_answer(gateway, name):
    status, _, body = ask(gateway, f"do:{name}", stream=True)
    assert status == 200
    values = data_of(body)
    assert text_of(values).startswith("Hello")
    assert "Evil" not in text_of(values)
    assert not [value for value in values if isinstance(value, dict) and "error" in value]
    assert values[-1] == "[DONE]"
    if "stream" not in name:
        assert ask(gateway, f"do:{name}")[0] == 200


@pytest.mark.parametrize("usage", [(LARGEST, LARGEST), (LARGEST, 1), (0, LARGEST), (1e300, 1), (-1, 5)], ids=str)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_impossible_usage_harms_nobody(gateway, vendor, usage, stream):
    vendor.scripts["usage"] = (STREAM + piece("Hello") + event("result", record(usage=usage)) if stream
                               else whole(record(usage=usage)))
    assert ask(gateway, "do:usage", stream)[0] == 200


def test_an_impossible_usage_does_not_bar_the_caller(run, vendor):
    vendor.scripts["usage"] = whole(record(usage=(0, LARGEST)))
    limited = run(settings={"MARTLET_ONEMIN_BASE_URL": vendor.origin, "MARTLET_LIMITS_TOKENS_PER_MINUTE": "10000"})
    limited.wait_ready()
    assert ask(limited, "do:usage")[0] == 200
    assert ask(limited, "Hello")[0] == 200


RETRY_AFTER = {"seconds": "7", "nonsense": "soon", "negative": "-5", "eternity": "99999999999999999999",
               "infinity": "1e999", "date": "Wed, 21 Oct 2099 07:28:00 GMT", "largest": str(LARGEST)}


@pytest.mark.parametrize("name", RETRY_AFTER)
def test_the_vendors_pace_is_passed_on_where_it_makes_sense(gateway, name):
    status, fields, _ = answer = ask(gateway, f"do:retry-{name}")
    assert status == 429
    assert error_of(answer)["code"] == "rate_limit_exceeded"
    assert fields["Retry-After"] is None or 0 < int(fields["Retry-After"]) <= 3_600
    if name == "seconds":
        assert fields["Retry-After"] == "7"


@pytest.mark.parametrize("name", ["late-refusal", "late-hang-up"])
def test_a_failure_after_a_heartbeat_is_an_event(gateway, name):
    status, fields, body = ask(gateway, f"do:{name}", stream=True)
    assert status == 200
    assert body.startswith(b": ")
    values = data_of(body)
    assert values[0]["error"]["code"] == ("rate_limit_exceeded" if name == "late-refusal" else "upstream_error")
    assert text_of(values) == "" and values[-1] == "[DONE]"


def test_an_answer_after_a_heartbeat_is_whole(gateway):
    status, _, body = ask(gateway, "do:late-answer", stream=True)
    assert status == 200
    assert body.startswith(b": ")
    assert text_of(data_of(body)) == "Hello."


def test_a_late_failure_of_a_whole_answer_keeps_its_status(gateway):
    assert ask(gateway, "do:late-refusal")[0] == 429
    assert ask(gateway, "do:late-hang-up")[0] == 502


@pytest.mark.parametrize("origin", ["http://127.0.0.1:{port}", "http://nowhere.invalid", "https://127.0.0.1:{port}"])
def test_a_vendor_out_of_reach_is_told_quickly(run, origin):
    down = run(settings={"MARTLET_ONEMIN_BASE_URL": origin.format(port=free_port())}).wait_ready()
    for stream in [False, True]:
        begun = time.monotonic()
        answer = ask(down, "Hello", stream)
        assert answer[0] == 502
        assert error_of(answer)["code"] == "upstream_error"
        assert time.monotonic() - begun < 10
        assert "invalid" not in error_of(answer)["message"] and "127.0.0.1" not in error_of(answer)["message"]
