"""Each fault of the simulated vendor on each chat route: status, shape and words, before and after the first byte."""

import json

import pytest

from dialect_clients import MODEL
from gateway import events, fresh_key

ROUTES = {
    "/v1/chat/completions": lambda prompt: {"messages": [{"role": "user", "content": prompt}]},
    "/v1/responses": lambda prompt: {"input": prompt},
    "/v1/messages": lambda prompt: {"messages": [{"role": "user", "content": prompt}], "max_tokens": 9},
    "/v1/completions": lambda prompt: {"prompt": prompt},
}
# Scenario: status of an answer that has not begun, OpenAI's code, Anthropic's type.
BEFORE = {
    "bad-key": (401, "invalid_api_key", "authentication_error"),
    "unsupported": (404, "model_not_found", "not_found_error"),
    "invalid": (400, "PROMPT_OBJECT_VALIDATION_FAILED", "invalid_request_error"),
    "rate-limited": (429, "rate_limit_exceeded", "rate_limit_error"),
    "busy": (502, "upstream_error", "api_error"),
    "bad-gateway": (502, "upstream_error", "api_error"),
    "gateway-timeout": (504, "upstream_timeout", "timeout_error"),
    "no-credits": (429, "insufficient_quota", "billing_error"),
}
ONLY_STREAMED = {
    "error-first": (429, "insufficient_quota", "billing_error"),
    "nothing": (502, "upstream_error", "api_error"),
}
ONLY_WHOLE = {
    "failed-result": (404, "model_not_found", "not_found_error"),
    "truncated": (502, "upstream_error", "api_error"),
}
LATE = {
    "error-late": ("upstream_error", "api_error"),
    "failed-result": ("model_not_found", "not_found_error"),
    "wait-error": ("insufficient_quota", "billing_error"),
}
NOBODYS_BUSINESS = ["10.0.0.7", "/simulator/onemin", "/api/chat-with-ai", "/api/features", "://", "Traceback"]


def send(relay, route, scenario, streamed):
    key = fresh_key()
    connection = relay.connection()
    body = {"model": MODEL, "stream": streamed, **ROUTES[route](f"sim:{scenario}")}
    connection.request("POST", route, json.dumps(body), {"Authorization": f"Bearer {key}"})
    return key, connection.getresponse()


def check_words(text, key):
    for word in [*NOBODYS_BUSINESS, key]:
        assert word not in text


def check_error(route, body, fields, code, kind):
    if route == "/v1/messages":
        assert body["type"] == "error" and set(body) == {"type", "error", "request_id"}
        assert body["error"]["type"] == kind and body["error"]["message"]
        assert body["request_id"] == fields["request-id"]
    else:
        assert body["error"]["code"] == code and body["error"]["message"]
        assert {"message", "type", "param", "code"} <= set(body["error"])


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("streamed, scenario", [
    *((streamed, scenario) for streamed in (False, True) for scenario in BEFORE),
    *((True, scenario) for scenario in ONLY_STREAMED), *((False, scenario) for scenario in ONLY_WHOLE),
])
def test_before_the_first_byte(relay, route, streamed, scenario):
    key, answer = send(relay, route, scenario, streamed)
    text = answer.read().decode()
    status, code, kind = {**BEFORE, **ONLY_STREAMED, **ONLY_WHOLE}[scenario]
    # Anthropic's API has a status of its own for an empty account.
    assert answer.status == (402 if kind == "billing_error" and route == "/v1/messages" else status)
    assert answer.headers["content-type"] == "application/json"
    check_error(route, json.loads(text), answer.headers, code, kind)
    check_words(text, key)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("scenario", LATE)
def test_after_the_first_byte(lively, route, scenario):
    key, answer = send(lively, route, scenario, True)
    assert answer.status == 200
    found = [event for _, event in events(answer)]
    check_words("\n".join(found), key)
    code, kind = LATE[scenario]
    if route == "/v1/messages":
        name, data = found[-1].split("\n")
        assert name == "event: error"
        check_error(route, json.loads(data.removeprefix("data: ")), answer.headers, code, kind)
    elif route == "/v1/responses":
        error, failed = (json.loads(event.split("\n")[1].removeprefix("data: ")) for event in found[-2:])
        assert error["type"] == "error" and error["code"] == code
        assert failed["type"] == "response.failed" and failed["response"]["error"]["message"] == error["message"]
    else:
        assert found[-1] == "data: [DONE]"
        check_error(route, json.loads(found[-2].removeprefix("data: ")), answer.headers, code, kind)
