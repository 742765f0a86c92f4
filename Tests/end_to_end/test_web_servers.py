"""What differs between web servers: each test runs behind every one of them."""

import json
import os
import signal
import socket
import time

import pytest

from gateway import content_events, fresh_key, wait_until

# The words that make the simulated provider send ten events, 300 ms apart.
SLOW = "sim:slow please"
OPENAI_ERROR = {"message", "type", "param", "code"}


def error_of(fields, body):
    """The error object, after checking that it is OpenAI's shape."""
    assert fields["Content-Type"].startswith("application/json"), body[:200]
    error = json.loads(body)["error"]
    assert OPENAI_ERROR <= error.keys()
    return error


def test_health_answers(gateway):
    status, _, _ = gateway.request("GET", "/health")
    assert status == 200


def test_the_service_page_answers_json_to_programs(gateway):
    status, fields, body = gateway.request("GET", "/", fields={"Accept": "application/json"})
    assert status == 200
    assert json.loads(body)["service"] == "martlet"


def test_the_console_is_served_as_files(gateway):
    for path, kind in [("/console/", "text/html"), ("/console/status.js", "javascript"), ("/console/status.css", "text/css")]:
        status, fields, _ = gateway.request("GET", path)
        assert status == 200
        assert kind in fields["Content-Type"]


def test_events_arrive_one_by_one(gateway):
    connection, answer = gateway.open_chat(SLOW)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    pieces = content_events(answer)
    arrived = [next(pieces)[0]]
    assert gateway.simulator()["open_streams"] >= 1, "the first event came after the upstream's last"
    arrived += [now for now, _ in pieces]
    connection.close()
    assert len(arrived) >= 10
    # The upstream takes 2.7 s from first to last; a spread of 2.1 s says that the first was not held back
    # until the third. Slowness of the machine can only stretch it.
    assert arrived[-1] - arrived[0] >= 2.1


def test_the_authorization_field_arrives(gateway):
    _, with_key = gateway.open_chat("Hello", stream=False)
    assert with_key.status == 200, with_key.read()
    status, fields, body = gateway.request(
        "POST", "/v1/chat/completions", b'{"model":"gpt-4o-mini","messages":[]}', {"Content-Type": "application/json"})
    assert status == 401
    error_of(fields, body)


def test_an_encoded_slash_in_a_model_name_arrives(gateway):
    status, fields, body = gateway.request(
        "GET", "/v1/models/openai%2Fno-such-model", fields={"Authorization": f"Bearer {fresh_key()}"})
    assert status == 404
    # Martlet's own error: the web server neither refused the path nor replaced the answer.
    assert error_of(fields, body)["code"] == "model_not_found"


def test_a_path_pinned_to_a_provider_arrives(gateway):
    _, answer = gateway.open_chat("Hello", stream=False, path="/1min/v1/chat/completions")
    assert answer.status == 200, answer.read()
    _, answer = gateway.open_chat("Hello", stream=False, path="/nobody/v1/chat/completions")
    assert answer.status == 404
    assert error_of(answer.headers, answer.read())["code"] == "provider_not_found"
    # This one has keys of its own, which a stranger's key does not open.
    _, answer = gateway.open_chat("Hello", stream=False, path="/onemin/v1/chat/completions")
    assert answer.status == 401


def test_a_query_arrives(gateway):
    _, answer = gateway.open_chat("Hello", stream=False, path="/v1/chat/completions?api-version=2024-10-21&x=%2F")
    assert answer.status == 200, answer.read()


def test_a_body_of_a_photograph_passes(gateway):
    _, answer = gateway.open_chat("Hello", stream=False, x_padding="x" * 2_500_000)
    assert answer.status == 200, answer.read()


def test_a_body_over_the_limit_is_refused_as_json(gateway):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=30) as client:
        client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                       b"Connection: close\r\nAuthorization: Bearer sk-too-large\r\nContent-Length: 115343360\r\n\r\n{")
        text = b""
        while piece := client.recv(65536):
            text += piece
    head, _, body = text.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == b"413"
    lines = head.decode().lower().split("\r\n")
    assert any(line.startswith("content-type: application/json") for line in lines)
    assert "access-control-allow-origin: *" in lines
    start = body.index(b"{")
    assert json.loads(body[start:body.rindex(b"}") + 1])["error"]["code"] == "request_too_large"


def test_a_client_that_leaves_ends_the_upstream_stream(gateway):
    before = gateway.simulator()["aborted_streams"]
    connection, answer = gateway.open_chat(SLOW)
    next(content_events(answer))
    answer.close()
    connection.close()
    left = time.monotonic()
    wait_until(lambda: gateway.simulator()["aborted_streams"] == before + 1, 10, "the upstream stream ends")
    # Without a write nginx tells at once; the others at the next or second write, 0.3 s apart here.
    assert time.monotonic() - left < (1 if gateway.server == "nginx" else 2)
    wait_until(lambda: gateway.simulator()["open_streams"] == 0, 10, "no stream is left open")


@pytest.mark.parametrize("server", ["nginx", "lighttpd", "apache-proxy"])
def test_a_martlet_that_is_down_is_an_error_as_json(run, server):
    gateway = run(server).wait_ready()
    # conf/run would notice and stop everything: it has to look away for a moment.
    os.kill(gateway.process.pid, signal.SIGSTOP)

    def martlets():
        return [number for number, row in gateway.processes().items()
                if " --state " in row[3] and "conf/run" not in row[3] and "martlet" in row[3]]

    for number in martlets():
        if gateway.processes().get(number, (0,))[0] == gateway.process.pid:
            os.kill(number, signal.SIGTERM)
    wait_until(lambda: not martlets(), 20, "Martlet is gone")
    status, fields, body = gateway.request("POST", "/v1/chat/completions", b"{}", {"Authorization": "Bearer sk-down"})
    assert status == (502 if server == "nginx" else 503)
    assert error_of(fields, body)["code"]
    assert fields["Access-Control-Allow-Origin"] == "*"

    os.kill(gateway.process.pid, signal.SIGCONT)
    assert gateway.process.wait(timeout=40) != 0
    assert not gateway.left_over()


@pytest.mark.parametrize("server", ["apache-fcgid", "shared-fcgid"])
def test_a_worker_that_died_is_replaced(run, server):
    gateway = run(server).wait_ready()
    workers = [number for number, row in gateway.processes().items() if " worker " in row[3]]
    assert workers
    for number in workers:
        os.kill(number, signal.SIGKILL)
    wait_until(lambda: not set(workers) & gateway.processes().keys(), 10, "the workers are gone")
    wait_until(lambda: gateway.request("GET", "/health")[0] == 200, 20, "a new worker answers")
    assert gateway.stop() == 0
    assert not gateway.left_over()
