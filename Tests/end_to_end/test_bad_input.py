"""Bodies that nobody should send: each is refused in OpenAI's shape, and the next good request works."""

import json
import socket

import pytest

from hostile import CHAT, GOOD, KEY, MESSAGES, PROMPT, post, raw, refused, gateway, nginx, unharmed  # noqa: F401 -- fixtures among them


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


from hostile import (  # noqa: E402, F401 -- these two are the last on purpose
    test_every_answer_was_logged_without_a_fault,
    test_no_key_and_no_prompt_is_on_disk,
)
