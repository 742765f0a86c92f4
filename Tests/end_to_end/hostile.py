"""What the tests of bad input share: gateways that must come through unharmed, and how to ask them."""

import http.client
import json
import pathlib
import socket

import pytest

from gateway import Gateway, fresh_key

# Looked for in every file of the state folder at the end.
KEY = "sk-unspeakable-key-7391"
PROMPT = "unspeakable-prompt-4482"
CHAT = "/v1/chat/completions"
MESSAGES = [{"role": "user", "content": PROMPT}]
GOOD = {"model": "gpt-4o-mini", "messages": MESSAGES}
ERROR_KEYS = {"message", "type", "param", "code"}


def workers(gateway):
    return {number for number, row in gateway.processes().items() if "martlet worker " in row[3]}


def log_of(gateway):
    return (gateway.state / "log/martlet.log").read_text()


def started(server, tmp_path_factory):
    gateway = Gateway(server, tmp_path_factory.mktemp(server) / "state",
                      settings={"MARTLET_SERVER_BODY_LIMIT_MIB": "1"}).wait_ready()
    gateway.first_workers = workers(gateway)
    return gateway


def ended(gateway):
    status = gateway.stop()
    left = gateway.left_over()
    if left:
        gateway.end_leftovers()
    assert status == 0
    assert not left


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    gateway = started("nginx", tmp_path_factory)
    yield gateway
    ended(gateway)


@pytest.fixture(scope="module", params=["nginx", "lighttpd", "apache-proxy"])
def gateway(request, tmp_path_factory):
    if request.param == "nginx":
        yield request.getfixturevalue("nginx")
        return
    gateway = started(request.param, tmp_path_factory)
    yield gateway
    ended(gateway)


@pytest.fixture(autouse=True)
def unharmed(request):
    """After every test the same workers answer a good request, and nothing was logged as a failure of ours."""
    yield
    gateway = request.getfixturevalue("gateway" if "gateway" in request.fixturenames else "nginx")
    assert post(gateway, GOOD)[0] == 200
    assert len(gateway.first_workers) == 2
    assert workers(gateway) == gateway.first_workers
    assert '"level":"error"' not in log_of(gateway)


def post(gateway, body, fields=(), key=KEY):
    """Sends a chat request; a body that is not bytes yet becomes JSON."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    own = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
    return gateway.request("POST", CHAT, body, {**own, **dict(fields)})


def raw(gateway, text):
    """Sends bytes as they are; returns (status, fields, body)."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=30) as client:
        client.sendall(text)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        return answer.status, answer.headers, answer.read()


def refused(answer, status=400, param=None, code=None):
    """The error object, after checking that the refusal has OpenAI's shape, the id, and tells no secret."""
    got, fields, body = answer
    assert got == status, body[:500]
    assert fields["Content-Type"].startswith("application/json"), body[:200]
    error = json.loads(body)["error"]
    assert ERROR_KEYS <= error.keys()
    assert error["message"] and error["type"]
    assert error["request_id"] == fields["X-Request-Id"]
    assert len(body) < 2_000
    assert KEY not in body.decode() and PROMPT not in body.decode()
    if param is not None:
        assert error["param"] == param, error
    if code is not None:
        assert error["code"] == code, error
    return error


# What is left behind: tests that every such module imports, and that run last there


def test_every_answer_was_logged_without_a_fault(gateway):
    for line in log_of(gateway).splitlines():
        assert len(line.encode()) < 4_096
        if line.startswith("{"):
            entry = json.loads(line)
            assert entry.get("status", 200) < 500, line
            assert entry.get("label") != "internal_error", line


def test_no_key_and_no_prompt_is_on_disk(gateway):
    for path in pathlib.Path(gateway.state).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert KEY.encode() not in content, path
            assert PROMPT.encode() not in content, path
