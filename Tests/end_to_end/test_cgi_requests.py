"""Requests to the program as a web server without FastCGI starts it: variables, standard input and output."""

import json
import os
import subprocess

import pytest

from gateway import PROGRAM
from vendor import Vendor

BODY = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}).encode()
STREAMED = json.dumps({"model": "gpt-4o-mini", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}).encode()


@pytest.fixture(scope="module")
def vendor():
    vendor = Vendor()
    yield vendor
    vendor.close()


@pytest.fixture
def cgi(tmp_path, vendor):
    """Runs one request; a variable that is None is left out. Returns (status, fields, body)."""
    def run(body=BODY, **variables):
        wanted = {"GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST", "REQUEST_URI": "/v1/chat/completions",
                  "HTTP_AUTHORIZATION": "Bearer sk-by-hand", "CONTENT_TYPE": "application/json",
                  "CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "192.0.2.1", "SERVER_PROTOCOL": "HTTP/1.1",
                  "MARTLET_STATE": str(tmp_path / "state"), "MARTLET_ONEMIN_BASE_URL": vendor.origin, **variables}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MARTLET_")}
        ended = subprocess.run([PROGRAM], env={**clean, **{name: value for name, value in wanted.items() if value is not None}},
                               input=body, capture_output=True, timeout=30)
        assert ended.returncode == 0, ended.stderr
        assert b"sk-by-hand" not in ended.stderr
        head, _, answer = ended.stdout.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines)
        return int(fields["status"].split()[0]), fields, answer
    return run


def test_a_chat_is_answered(cgi):
    status, fields, body = cgi()
    assert status == 200
    assert fields["content-type"] == "application/json"
    assert fields["content-length"] == str(len(body))
    assert json.loads(body)["choices"][0]["message"]["content"] == "Hello."


def test_a_chat_is_streamed(cgi):
    status, fields, body = cgi(STREAMED)
    assert status == 200
    assert fields["content-type"].startswith("text/event-stream")
    assert body.endswith(b"data: [DONE]\n\n") and b'"Hello"' in body


@pytest.mark.parametrize("variables, status", [
    ({"REQUEST_URI": None, "SCRIPT_NAME": "/health", "REQUEST_METHOD": "GET"}, 200),
    ({"REQUEST_URI": "/health?x=1", "REQUEST_METHOD": "GET"}, 200),
    ({"REQUEST_URI": "/ai/health", "REQUEST_METHOD": "GET", "MARTLET_SERVER_PREFIX": "/ai"}, 200),
    ({"REQUEST_URI": "/health", "REQUEST_METHOD": "HEAD", "CONTENT_LENGTH": None}, 200),
    ({"REQUEST_URI": ""}, 404), ({"REQUEST_URI": "no-slash"}, 400), ({"REQUEST_URI": "/../x"}, 400), ({"REQUEST_URI": "/v1/nothing"}, 404),
    ({"REQUEST_METHOD": "b a d"}, 405), ({"REQUEST_METHOD": ""}, 405),
    ({"CONTENT_LENGTH": "nonsense"}, 400), ({"CONTENT_LENGTH": "-5"}, 400), ({"CONTENT_LENGTH": ""}, 400),
    ({"CONTENT_LENGTH": "99999999999999999999"}, 400), ({"CONTENT_LENGTH": None}, 400), ({"CONTENT_LENGTH": "5"}, 400),
    ({"CONTENT_TYPE": "text/plain"}, 415), ({"HTTP_AUTHORIZATION": None}, 401),
    ({"HTTP_AUTHORIZATION": None, "REDIRECT_HTTP_AUTHORIZATION": "Bearer sk-by-hand"}, 200),
    ({"HTTP_AUTHORIZATION": None, "HTTP_X_API_KEY": "sk-by-hand"}, 200),
    ({"HTTP_X_REQUEST_ID": "a\r\nX-Evil: 1"}, 200), ({"HTTP_ORIGIN": "x\nX-Evil: 1"}, 200), ({"HTTP_": "x", "HTTP__": "y", "HTTP_\u00e9": "z"}, 200),
    ({"REMOTE_ADDR": None}, 200), ({"SERVER_PROTOCOL": None}, 200),
], ids=str)
def test_strange_variables_are_answered(cgi, variables, status):
    got, fields, body = cgi(**variables)
    if status == 404 and variables["REQUEST_URI"] == "":
        assert got in (404, 405)  # an empty address is the service's page, which takes no POST
    else:
        assert got == status, body
    assert "x-evil" not in fields
    if got >= 400:
        assert {"message", "type", "param", "code"} <= json.loads(body)["error"].keys()


@pytest.mark.parametrize("length", [1, 1 << 20])
def test_a_body_shorter_than_promised_is_no_request(cgi, vendor, length):
    asked = len(vendor.asked)
    try:
        status, _, body = cgi(CONTENT_LENGTH=str(len(BODY) + length))
        assert status == 400, body
    except (KeyError, ValueError):
        pass  # nobody is left to answer
    assert not [line for line in vendor.asked[asked:] if "chat-with-ai" in line]


def test_limits_are_shared_by_processes_that_live_for_one_request(cgi):
    statuses = [cgi(MARTLET_LIMITS_REQUESTS_PER_MINUTE="3")[0] for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
