"""Keys, methods, addresses and fields that nobody should send: each is refused, and the next good request works."""

import json
import socket

import pytest

from hostile import CHAT, GOOD, KEY, post, raw, refused, gateway, nginx, unharmed  # noqa: F401 -- fixtures among them


# Keys


@pytest.mark.parametrize("fields", [
    {}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "}, {"Authorization": KEY},
    {"Authorization": "Basic dXNlcjpwYXNz"}, {"Authorization": "Bearer   "}, {"x-api-key": ""}, {"x-api-key": "   "},
    {"Authorization": "Bearer sk-ключ".encode()}, {"x-api-key": b"sk-\xff\xfe"},
    {"Authorization": f"Bearer {KEY} and more"}, {"x-api-key": f"{KEY} and more"},
    {"Authorization": "Bearer " + "k" * 2_000},
], ids=lambda fields: str(fields)[:60])
def test_a_missing_or_impossible_key_is_refused(nginx, fields):
    answer = post(nginx, GOOD, fields, key=None)
    error = refused(answer, status=401)
    assert error["code"] in ("missing_api_key", "invalid_api_key")
    assert answer[1]["WWW-Authenticate"] == "Bearer"


def test_a_missing_key_is_refused_everywhere(gateway):
    refused(post(gateway, GOOD, key=None), status=401, code="missing_api_key")


def test_a_refused_key_is_told_so(gateway):
    error = refused(post(gateway, GOOD, key="bad-" + KEY), status=401, code="invalid_api_key")
    assert "bad-" not in error["message"]


def test_a_key_longer_than_any_field_is_refused(gateway):
    # The web server's own answer, before Martlet is asked.
    status, _, body = post(gateway, GOOD, {"Authorization": "Bearer " + KEY * 4_000}, key=None)
    assert 400 <= status < 500
    assert KEY.encode() not in body


def test_the_first_of_two_keys_counts(gateway):
    assert post(gateway, GOOD, {"x-api-key": "bad-" + KEY})[0] == 200
    assert post(gateway, GOOD, {"x-api-key": KEY}, key="bad-" + KEY)[0] == 401
    assert post(gateway, GOOD, {"x-api-key": KEY}, key=None)[0] == 200
    # A field that is no key at all does not hide the other.
    assert post(gateway, GOOD, {"x-api-key": KEY, "Authorization": "Basic dXNlcjpwYXNz"}, key=None)[0] == 200


# Content types


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                                  "application/jsonp", "application/xml", ";", "x" * 4_000, "json"])
def test_another_content_type_is_refused(nginx, kind):
    refused(post(nginx, GOOD, {"Content-Type": kind}), status=415, code="unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json;charset=UTF-8",
                                  "application/vnd.api+json", None])
def test_a_json_content_type_passes(nginx, kind):
    fields = {"Authorization": f"Bearer {KEY}", **({"Content-Type": kind} if kind else {})}
    assert nginx.request("POST", CHAT, json.dumps(GOOD).encode(), fields)[0] == 200


# Methods


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "FOO"])
@pytest.mark.parametrize("path, allowed", [(CHAT, {"POST", "OPTIONS"}), ("/v1/models", {"GET", "HEAD", "OPTIONS"})])
def test_another_method_is_refused(nginx, method, path, allowed):
    if method in allowed:
        return
    status, fields, body = nginx.request(method, path, b"{}" if method != "GET" else None, {"Authorization": f"Bearer {KEY}"})
    refused((status, fields, body), status=405, code="method_not_allowed")
    assert set(fields["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_another_method_is_refused_everywhere(gateway, method):
    refused(gateway.request(method, CHAT, b"{}"), status=405, code="method_not_allowed")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "FOO", "foo", "G\xcbT", "X" * 500])
def test_a_strange_method_is_answered(gateway, method):
    # Some of these a web server refuses by itself, in its own words.
    status, _, body = raw(gateway, f"{method} {CHAT} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                   f"Authorization: Bearer {KEY}\r\nContent-Length: 0\r\n\r\n".encode("latin-1"))
    assert 400 <= status < 500 or status == 501, body
    # TRACE, answered, would show a page the key that its browser sends along.
    assert KEY.encode() not in body


@pytest.mark.parametrize("path, status", [("/", 200), ("/health", 200), ("/v1/models", 200), ("/v1/models/gpt-4o-mini", 200),
                                          (CHAT, 405), ("/v1/nothing", 404)])
def test_head_is_get_without_a_body(gateway, path, status):
    got, fields, body = gateway.request("HEAD", path)
    assert (got, body) == (status, b"")
    assert fields["Content-Type"]
    if status == 200:
        _, whole, _ = gateway.request("GET", path)
        assert fields["Content-Length"] in (None, whole["Content-Length"])


@pytest.mark.parametrize("path, allowed", [("/", "GET"), ("/health", "GET"), ("/v1/models", "GET"), (CHAT, "POST"),
                                           ("/v1/models/gpt-4o-mini", "GET")])
def test_options_lists_the_methods(gateway, path, allowed):
    status, fields, body = gateway.request("OPTIONS", path)
    assert (status, body) == (204, b"")
    assert {allowed, "OPTIONS"} <= set(fields["Allow"].split(", "))


def test_options_of_nothing_is_refused(gateway):
    refused(gateway.request("OPTIONS", "/v1/nothing"), status=404)


# Pages of other origins


def test_a_preflight_is_answered_without_a_key(gateway):
    status, fields, body = gateway.request("OPTIONS", CHAT, fields={
        "Origin": "https://app.example", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, x-stainless-lang"})
    assert (status, body) == (204, b"")
    assert fields["Access-Control-Allow-Origin"] == "*"
    assert "POST" in fields["Access-Control-Allow-Methods"]
    assert "x-stainless-lang" in fields["Access-Control-Allow-Headers"]
    assert "authorization" in fields["Access-Control-Allow-Headers"].lower()


def test_a_page_can_read_every_answer(gateway):
    for answer in [post(gateway, GOOD, {"Origin": "https://app.example"}),
                   post(gateway, b"{", {"Origin": "https://app.example"}),
                   post(gateway, GOOD, {"Origin": "https://app.example"}, key=None),
                   gateway.request("GET", "/v1/models", fields={"Origin": "null"})]:
        assert answer[1]["Access-Control-Allow-Origin"] == "*", answer
        assert "x-request-id" in answer[1]["Access-Control-Expose-Headers"].lower()


def test_a_strange_preflight_harms_nobody(nginx):
    for names in ["x" * 3_000, "é".encode(), "a\tb", ",,,"]:
        status, fields, _ = nginx.request("OPTIONS", CHAT, fields={
            "Origin": "https://app.example", "Access-Control-Request-Method": "FOO", "Access-Control-Request-Headers": names})
        assert status == 204
        assert len(fields["Access-Control-Allow-Headers"]) <= 1_000


# Addresses


@pytest.mark.parametrize("path", [
    "/v1/chat/completions/", "/v1/chat", "/v1", "/v1/", "/v1/nothing", "/v1/models/no-such-model", "/v1/models/%20",
    "/v1/chat%2Fcompletions", "/onemin/v1/nothing", "/v1/models/" + "m" * 3_000,
    "/v1/models/gpt%0d%0aX-Evil:%201", "/v1/nothing%0d%0aX-Evil:%201", "/v1/models/a%0aX-Evil:%201",
    "/v1/models/%ff%fe", "/v1/models/%c0%ae%c0%ae", "/v1/nothing?%0d%0aX-Evil:%201", "/v1/%E2%80%AE/x",
])
def test_an_address_of_nothing_is_refused(nginx, path):
    status, fields, body = nginx.request("GET", path, fields={"Authorization": f"Bearer {KEY}"})
    assert status in (400, 404)
    refused((status, fields, body), status=status)
    assert fields["X-Evil"] is None


@pytest.mark.parametrize("path", [
    "/v1/../health", "/v1/models/..", "/v1/models/../../etc/passwd", "/v1/%2e%2e/health", "/v1/models/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/v1/models/..%2f..%2f..%2fetc%2fpasswd", "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
    "/v1/models/%00", "/v1/models/gpt-4o-mini%00", "/v1/models/%zz", "/v1/models/%", "/v1/models/%4",
    "/console/../../Package.swift", "/console/%2e%2e/%2e%2e/Package.swift", "/console/..%2f..%2fPackage.swift",
    "/console../Package.swift",
    "/v1/./models", "//v1//models", "/v1/models/.", "/v1/nothing%0d%0aX-Evil:%201", "/v1/models/a%0d%0aX-Evil:%201",
])
def test_an_address_that_climbs_is_refused(gateway, path):
    status, fields, body = raw(gateway, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    # What the web server refuses by itself has its own words; nothing may be served.
    assert 400 <= status < 500, body[:300]
    assert b"root:" not in body and b"swift-tools-version" not in body
    assert fields["X-Evil"] is None
    if fields["X-Request-Id"]:
        refused((status, fields, body), status=status)


def test_an_absolute_address_works(nginx):
    status, _, _ = raw(nginx, b"GET http://127.0.0.1/v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert status == 200


@pytest.mark.parametrize("text", [
    b"GET /health HTTP/1.1\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET /health HTTP/9.9\r\nHost: x\r\n\r\n", b"GET /health HTTP/1.1\r\nHost: x\r\nBad Field: 1\r\n: 2\r\n\r\n",
    b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n",
    b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
], ids=["no host", "no address", "TLS", "version", "field names", "negative length", "length in words", "two lengths", "bad chunk"])
def test_broken_http_harms_nobody(gateway, text):
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=30) as client:
        client.sendall(text)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := client.recv(65_536):
                answer += piece
        except ConnectionResetError:
            pass
    first = answer.split(b"\r\n")[0].split(b" ")
    assert not answer or first[0].startswith(b"HTTP/") is False or first[1][:1] in b"24" or first[1] in (b"501", b"505")


# Ids of requests


def test_a_sane_request_id_is_kept(gateway):
    _, fields, body = post(gateway, b"{", {"X-Request-Id": "my-id/7:42"})
    assert fields["X-Request-Id"] == "my-id/7:42"
    assert json.loads(body)["error"]["request_id"] == "my-id/7:42"


@pytest.mark.parametrize("text", ["i" * 129, "i" * 3_000, "a b", 'a"b', "a\\b", "ü".encode(), b"a\xffb", b"a\tb", b"a\x01b", b"a\x7fb",
                                  "<script>alert(1)</script> "], ids=lambda text: repr(text)[:20])
def test_an_insane_request_id_is_replaced(nginx, text):
    body = b"{"
    text = text if isinstance(text, bytes) else text.encode()
    status, fields, body = raw(nginx, f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {KEY}\r\n"
                                      f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nX-Request-Id: ".encode()
                                      + text + b"\r\n\r\n" + body)
    assert status == 400
    if fields["X-Request-Id"]:  # nginx refuses some bytes by itself
        assert json.loads(body)["error"]["request_id"] == fields["X-Request-Id"]
        assert fields["X-Request-Id"] != text.decode("latin-1")


def test_line_breaks_in_fields_make_no_fields(gateway):
    for name in ["X-Request-Id", "Origin", "Authorization", "Content-Type"]:
        for evil in ["a\r\n X-Evil: 1", "a\nX-Evil2: 1", "a\rX-Evil: 1", "a%0d%0aX-Evil: 1"]:
            _, fields, _ = raw(gateway, f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{name}: {evil}\r\n"
                                        "Content-Length: 2\r\n\r\n{}".encode())
            assert fields["X-Evil"] is None and fields["X-Evil2"] is None


from hostile import (  # noqa: E402, F401 -- these two are the last on purpose
    test_every_answer_was_logged_without_a_fault,
    test_no_key_and_no_prompt_is_on_disk,
)
