"""Input that nobody should send: each is refused in OpenAI's shape, and the next good request works."""

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


# Bodies that are no JSON


NOT_JSON = {
    "empty": b"",
    "blanks": b"  \r\n ",
    "cut": b'{"model": "gpt-4o-mini", "messages": [',
    "cut in a word": b'{"model": tru',
    "cut in a string": b'{"model": "gpt',
    "cut in an escape": b'{"model": "\\u00',
    "a trailing comma": b'{"model": "gpt-4o-mini",}',
    "single quotes": b"{'model': 'gpt-4o-mini'}",
    "bare words": b"{model: gpt-4o-mini}",
    "a comment": b'{"model": "gpt-4o-mini" /* cheap */}',
    "two documents": b'{"model": "gpt-4o-mini"} {}',
    "not a number": b'{"temperature": NaN}',
    "infinity": b'{"temperature": -Infinity}',
    "hexadecimal": b'{"n": 0x10}',
    "a leading zero": b'{"n": 01}',
    "a leading plus": b'{"n": +1}',
    "a form": b"model=gpt-4o-mini&stream=true",
    "HTML": b"<html><body>Hello</body></html>",
    "invalid UTF-8": b'{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "\xff\xfe"}]}',
    "overlong UTF-8": b'{"model": "\xc0\xaf"}',
    "a surrogate as UTF-8": b'{"model": "\xed\xa0\x80"}',
    "UTF-16": json.dumps(GOOD).encode("utf-16"),
    "a raw NUL": b'{"model": "gpt\x00-4o-mini"}',
    "a NUL behind": b'{"model": "gpt-4o-mini"}\x00',
    "a raw line feed in a string": b'{"model": "gpt\n-4o-mini"}',
    "200 levels": b"[" * 200 + b"]" * 200,
    "200 levels in an unknown field":
        b'{"model": "gpt-4o-mini", "messages": [], "x": ' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}",
    "100,000 levels": b"[" * 100_000,
    "100,000 levels of objects": b'{"a":' * 100_000,
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_what_is_not_json_is_refused(nginx, body):
    refused(post(nginx, body), code="invalid_json")


@pytest.mark.parametrize("name", ["empty", "cut", "invalid UTF-8", "a raw NUL", "100,000 levels"])
def test_what_is_not_json_is_refused_everywhere(gateway, name):
    refused(post(gateway, NOT_JSON[name]), code="invalid_json")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null", b"true"])
def test_a_body_that_is_not_an_object_is_refused(nginx, body):
    assert "object" in refused(post(nginx, body))["message"]


# Values of the wrong type or size


def message(**fields):
    return {"messages": [{"role": "user", "content": PROMPT, **fields}]}


def parts(*parts):
    return message(content=list(parts))


WRONG = [
    ({"model": 1}, "model"), ({"model": None}, "model"), ({"model": []}, "model"), ({"model": True}, "model"),
    ({"model": ""}, "model"),
    ({"messages": None}, "messages"), ({"messages": []}, "messages"), ({"messages": "Hello"}, "messages"),
    ({"messages": {}}, "messages"), ({"messages": 1}, "messages"),
    ({"messages": [1]}, "messages[0]"), ({"messages": [None]}, "messages[0]"), ({"messages": [[]]}, "messages[0]"),
    ({"messages": ["Hello"]}, "messages[0]"), ({"messages": MESSAGES + [7]}, "messages[1]"),
    ({"messages": [{"content": "Hello"}]}, "messages[0].role"),
    (message(role=None), "messages[0].role"), (message(role=1), "messages[0].role"),
    (message(role="wizard"), "messages[0].role"), (message(role=""), "messages[0].role"),
    (message(role="User"), "messages[0].role"),
    ({"messages": [{"role": "user"}]}, "messages[0].content"),
    (message(content=None), "messages[0].content"), (message(content=1), "messages[0].content"),
    (message(content=True), "messages[0].content"), (message(content={}), "messages[0].content"),
    (message(content=[]), "messages[0].content"), (message(name=1), "messages[0].name"),
    (parts(1), "messages[0].content[0]"), (parts(None), "messages[0].content[0]"),
    (parts("Hello"), "messages[0].content[0]"), (parts({}), "messages[0].content[0].type"),
    (parts({"type": 1}), "messages[0].content[0].type"), (parts({"type": "hologram"}), "messages[0].content[0].type"),
    (parts({"type": "text"}), "messages[0].content[0].text"),
    (parts({"type": "text", "text": 1}), "messages[0].content[0].text"),
    ({"messages": [{"role": "assistant", "tool_calls": 1}]}, "messages[0].tool_calls"),
    ({"messages": [{"role": "assistant", "tool_calls": [1]}]}, "messages[0].tool_calls[0]"),
    ({"messages": [{"role": "assistant", "tool_calls": [{}]}]}, "messages[0].tool_calls[0].function"),
    ({"messages": [{"role": "assistant", "refusal": 1}]}, "messages[0].refusal"),
    ({"messages": [{"role": "tool", "content": "7"}]}, "messages[0].tool_call_id"),
    ({"messages": [{"role": "tool", "content": "7", "tool_call_id": 1}]}, "messages[0].tool_call_id"),
    ({"stream": "yes"}, "stream"), ({"stream": 1}, "stream"), ({"stream": []}, "stream"),
    ({"stream": True, "stream_options": 1}, "stream_options"),
    ({"stream": True, "stream_options": {"include_usage": "yes"}}, "stream_options.include_usage"),
    ({"temperature": "hot"}, "temperature"), ({"temperature": 2.1}, "temperature"), ({"temperature": -1}, "temperature"),
    ({"temperature": []}, "temperature"), ({"top_p": 2}, "top_p"), ({"top_p": "all"}, "top_p"),
    ({"frequency_penalty": 3}, "frequency_penalty"), ({"presence_penalty": {}}, "presence_penalty"),
    ({"max_tokens": 0}, "max_tokens"), ({"max_tokens": -1}, "max_tokens"), ({"max_tokens": 1.5}, "max_tokens"),
    ({"max_tokens": "5"}, "max_tokens"), ({"max_tokens": 2**31}, "max_tokens"),
    ({"max_completion_tokens": []}, "max_completion_tokens"),
    ({"n": 0}, "n"), ({"n": 129}, "n"), ({"n": "2"}, "n"), ({"n": 1.5}, "n"),
    ({"seed": 1.5}, "seed"), ({"seed": "x"}, "seed"),
    ({"stop": 1}, "stop"), ({"stop": {}}, "stop"), ({"stop": ["a", 1]}, "stop[1]"),
    ({"tools": "x"}, "tools"), ({"tools": [1]}, "tools[0]"), ({"tools": [{}]}, "tools[0].type"),
    ({"tools": [{"type": "magic"}]}, "tools[0].type"), ({"tools": [{"type": "function"}]}, "tools[0].function"),
    ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
    ({"tools": [{"type": "function", "function": {"name": 1}}]}, "tools[0].function.name"),
    ({"tools": [{"type": "function", "function": {"name": "f", "description": 1}}]}, "tools[0].function.description"),
    ({"tools": [{"type": "function", "function": {"name": "f", "parameters": 1}}]}, "tools[0].function.parameters"),
    ({"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": 5}, "tool_choice"),
    ({"response_format": 1}, "response_format"), ({"response_format": {}}, "response_format.type"),
    ({"response_format": {"type": "yaml"}}, "response_format.type"),
    ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
    ({"response_format": {"type": "json_schema", "json_schema": 1}}, "response_format.json_schema"),
    ({"reasoning_effort": 5}, "reasoning_effort"), ({"web_search_options": 1}, "web_search_options"),
]


@pytest.mark.parametrize("change, param", WRONG, ids=[json.dumps(change)[:80] for change, _ in WRONG])
def test_a_wrong_value_is_refused_by_its_name(nginx, change, param):
    error = refused(post(nginx, {**GOOD, **change}), param=param)
    assert param in error["message"]


@pytest.mark.parametrize("missing", ["model", "messages"])
def test_a_missing_field_is_refused_by_its_name_everywhere(gateway, missing):
    body = {name: value for name, value in GOOD.items() if name != missing}
    refused(post(gateway, body), param=missing, code="missing_required_parameter")


IMPOSSIBLE_MEDIA = [
    {"type": "image_url"}, {"type": "image_url", "image_url": 1}, {"type": "image_url", "image_url": {}},
    {"type": "image_url", "image_url": {"url": 1}}, {"type": "image_url", "image_url": {"url": ""}},
    {"type": "image_url", "image_url": {"url": "file:///etc/passwd"}},
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,@@@@"}},
    {"type": "image_url", "image_url": {"url": "http://127.0.0.1:1/\r\nX-Evil: 1"}},
    {"type": "input_audio"}, {"type": "input_audio", "input_audio": {"data": 1}}, {"type": "file"},
    {"type": "file", "file": 1},
]


@pytest.mark.parametrize("part", IMPOSSIBLE_MEDIA, ids=[json.dumps(part)[:80] for part in IMPOSSIBLE_MEDIA])
def test_an_impossible_picture_is_refused_by_its_place(nginx, part):
    error = refused(post(nginx, {**GOOD, **parts({"type": "text", "text": PROMPT}, part)}))
    assert error["param"].startswith("messages[0].content[1]")


@pytest.mark.parametrize("name", ["temperature", "max_tokens", "n", "seed", "top_p"])
@pytest.mark.parametrize("number", ["1e999", "-1e999", "99999999999999999999", "9" * 5_000, "1e-", "1e99999999999999999999"])
def test_an_enormous_number_is_refused_by_its_name(nginx, name, number):
    body = json.dumps(GOOD).encode()[:-1] + f', "{name}": {number}}}'.encode()
    error = refused(post(nginx, body))
    assert error["param"] == name or error["code"] == "invalid_json"


# Strange, but good


def test_a_strange_but_valid_body_passes(nginx):
    good = json.dumps(GOOD)
    for body in [
        "\ufeff" + good,
        " \r\n\t" + good + "\n\n",
        '{"model": "no-such-model", ' + good[1:],  # of two keys the last one counts, as everywhere
        good[:-1] + ', "unknown": {"deep": [1, null, {"x": 1e400}]}}',
        good.replace(PROMPT, "\\u0000 \\u0007 \\ufffe \\ud83d\\ude00"),
        good[:-1] + ', "temperature": null, "stop": null, "tools": null, "stream": null}',
    ]:
        assert post(nginx, body.encode())[0] == 200, body


def test_a_lone_surrogate_harms_nobody(nginx):
    for escape in ["\\ud800", "\\udc00", "\\ud800\\ud800", "\\ud83dx"]:
        answer = post(nginx, json.dumps(GOOD).replace(PROMPT, escape).encode())
        if answer[0] != 200:
            refused(answer)


def test_a_strange_model_name_is_refused(nginx):
    for name in ["no-such-model", "../../etc/passwd", "gpt-4o-mini\u0000", "gpt-4o-mini\r\nX-Evil: 1", "m" * 100_000,
                 ":online", "💥", " gpt-4o-mini"]:
        answer = post(nginx, {**GOOD, "model": name})
        refused(answer, status=404, param="model", code="model_not_found")
        assert answer[1]["X-Evil"] is None


def test_ten_thousand_messages_pass(nginx):
    assert post(nginx, {**GOOD, "messages": [{"role": "user", "content": "Hi"}] * 10_000})[0] == 200


@pytest.mark.parametrize("text", ["a" * 1_000_000, "é" * 400_000, " " * 1_000_000, "!?" * 400_000, "漢" * 300_000],
                         ids=["letter", "accent", "blank", "punctuation", "ideograph"])
def test_a_word_of_a_megabyte_passes(nginx, text):
    body = json.dumps({**GOOD, "messages": [{"role": "user", "content": text}]}, ensure_ascii=False)
    assert post(nginx, body.encode())[0] == 200


# Bodies that are too long


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_body_over_the_limit_is_refused(gateway, chunked):
    body = json.dumps({**GOOD, "x": "y" * (1 << 20)}).encode()
    if chunked:
        body = iter([body[start:start + 65_536] for start in range(0, len(body), 65_536)])
    connection = gateway.connection()
    try:
        connection.request("POST", CHAT, body, {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
                           encode_chunked=chunked)
        answer = connection.getresponse()
        refused((answer.status, answer.headers, answer.read()), status=413, code="request_too_large")
    finally:
        connection.close()


def test_a_body_in_chunks_passes(gateway):
    body = json.dumps(GOOD).encode()
    assert gateway.request("POST", CHAT, iter([body[:20], body[20:]]), {
        "Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})[0] == 200


def test_a_body_that_never_comes_ends_with_its_client(gateway):
    for length in [10, 1 << 20]:
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=30) as client:
            client.sendall(f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
                           f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{".encode())


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


# What is left behind: these two are the last on purpose


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
