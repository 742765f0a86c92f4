"""`/v1/messages` with Anthropic's official SDK; every answer and event is held against the SDK's own types."""

import asyncio
import json

import anthropic
import pytest

from dialect_clients import MESSAGE_EVENTS, MODEL, anthropic_client
from gateway import events as raw_events
from gateway import fresh_key
from strict import check, check_event

HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def client(relay):
    return anthropic_client(relay)


def ask(client, prompt="Hello", **more):
    return client.messages.create(model=MODEL, max_tokens=100, messages=[{"role": "user", "content": prompt}], **more)


def stream(client, prompt):
    events = list(ask(client, prompt, stream=True))
    for event in events:
        check_event(event, MESSAGE_EVENTS)
    return events


def test_a_whole_message(client):
    message = check(ask(client))
    assert message.id.startswith("msg_") and message.role == "assistant" and message.model == MODEL
    assert message.content[0].text == "Hello from the simulated gpt-4o-mini! You said: Hello"
    assert message.stop_reason == "end_turn" and message.stop_sequence is None
    assert message.usage.input_tokens == 1 and message.usage.output_tokens == 8
    assert message._request_id.startswith("req_")


def test_a_streamed_message_has_every_event_in_order(client):
    events = stream(client, "Hello")
    kinds = [event.type for event in events]
    deltas = kinds.count("content_block_delta")
    assert deltas > 3
    assert kinds == ["message_start", "content_block_start", *["content_block_delta"] * deltas,
                     "content_block_stop", "message_delta", "message_stop"]
    assert events[0].message.usage.input_tokens > 0 and events[0].message.content == []
    assert events[-2].delta.stop_reason == "end_turn" and events[-2].usage.output_tokens == 8


def test_the_stream_on_the_wire(relay):
    connection = relay.connection()
    connection.request("POST", "/v1/messages", json.dumps(
        {"model": MODEL, "max_tokens": 9, "messages": HELLO, "stream": True}), {"x-api-key": fresh_key()})
    answer = connection.getresponse()
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["request-id"] == answer.headers["x-request-id"]
    names = []
    for _, event in raw_events(answer):
        name, data = event.split("\n")
        names.append(name.removeprefix("event: "))
        assert json.loads(data.removeprefix("data: "))["type"] == names[-1]
    assert names[:3] == ["message_start", "content_block_start", "ping"] and names[-1] == "message_stop"
    connection.close()


def test_the_sdk_gathers_a_stream(client):
    with client.messages.stream(model=MODEL, max_tokens=100, messages=HELLO) as events:
        text = "".join(events.text_stream)
        final = check(events.get_final_message())
    assert text == final.content[0].text == "Hello from the simulated gpt-4o-mini! You said: Hello"


@pytest.mark.parametrize("scenario", ["crlf", "bytes", "emoji", "not-json", "duplicate", "raw", "result-only"])
def test_every_form_of_stream(client, scenario):
    events = stream(client, f"sim:{scenario}")
    assert events[-1].type == "message_stop"
    assert any(event.type == "content_block_delta" and event.delta.text for event in events)


def test_blocks_of_every_kind(client, relay):
    client.messages.create(
        model=MODEL, max_tokens=100,
        system=[{"type": "text", "text": "Be kind."}, {"type": "text", "text": "Be brief.",
                                                       "cache_control": {"type": "ephemeral"}}],
        messages=[
            {"role": "user", "content": [{"type": "text", "text": "Weather?"}, {
                "type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "A page."}}]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "Hidden thought", "signature": "s"},
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Oslo"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "Rain"}]},
                {"type": "text", "text": "So?"}]},
        ])
    prompt = relay.simulator()["last_request"]["promptObject"]["prompt"]
    for words in ["Be kind.\nBe brief.", "Weather?", "A page.", "I look.", '{"city":"Oslo"}', "Rain", "User: So?"]:
        assert words in prompt
    assert "Hidden thought" not in prompt
    assert prompt.index("Rain") < prompt.index("So?")


def test_count_tokens(client):
    few = check(client.messages.count_tokens(model=MODEL, messages=HELLO))
    many = client.messages.count_tokens(model=MODEL, messages=HELLO, system="Be kind to everybody you meet.")
    assert 0 < few.input_tokens < many.input_tokens


def test_models_in_anthropics_words(client):
    page = client.models.list()
    models = [check(model) for model in page]
    assert check(page).has_more is False and page.last_id == models[-1].id
    assert MODEL in [model.id for model in models] and "whisper-1" not in [model.id for model in models]
    assert check(client.models.retrieve(MODEL)).display_name == MODEL


@pytest.mark.parametrize("effort, word", [("low", "at once"), ("high", "thoroughly")])
def test_an_effort_reaches_the_model(client, relay, effort, word):
    ask(client, "Ping", output_config={"effort": effort})
    assert word in relay.simulator()["last_request"]["promptObject"]["prompt"]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("scenario, error, status, kind", [
    ("bad-key", anthropic.AuthenticationError, 401, "authentication_error"),
    ("unsupported", anthropic.NotFoundError, 404, "not_found_error"),
    ("invalid", anthropic.BadRequestError, 400, "invalid_request_error"),
    ("rate-limited", anthropic.RateLimitError, 429, "rate_limit_error"),
    ("no-credits", anthropic.PaymentRequiredError, 402, "billing_error"),
    ("bad-gateway", anthropic.InternalServerError, 502, "api_error"),
])
def test_every_refusal_has_its_exception(client, scenario, error, status, kind, streamed):
    with pytest.raises(error) as caught:
        ask(client, f"sim:{scenario}", stream=streamed)
    body = caught.value.body
    assert caught.value.status_code == status
    assert body["type"] == "error" and body["error"]["type"] == kind
    assert body["request_id"] == caught.value.response.headers["request-id"]
    assert "10.0.0.7" not in str(caught.value)


@pytest.mark.parametrize("scenario, kind", [("error-late", "api_error"), ("wait-error", "billing_error")])
def test_a_late_failure_is_an_event(lively, scenario, kind):
    with pytest.raises(anthropic.APIStatusError) as caught:
        list(ask(anthropic_client(lively), f"sim:{scenario}", stream=True))
    assert caught.value.body["error"]["type"] == kind


@pytest.mark.parametrize("body, field", [
    ({"messages": HELLO}, "max_tokens"), ({"max_tokens": 0, "messages": HELLO}, "max_tokens"),
    ({"max_tokens": 5}, "messages"), ({"max_tokens": 5, "messages": []}, "messages"),
    ({"max_tokens": 5, "messages": [{"role": "tool", "content": "x"}]}, "messages[0].role"),
    ({"max_tokens": 5, "messages": [{"role": "user"}]}, "messages[0].content"),
    ({"max_tokens": 5, "messages": [{"role": "user", "content": [{"type": "video"}]}]},
     "messages[0].content[0].type"),
    ({"max_tokens": 5, "messages": [{"role": "user", "content": [
        {"type": "tool_use", "id": "t", "name": "n", "input": "x"}]}]}, "messages[0].content[0].input"),
    ({"max_tokens": 5, "messages": HELLO, "system": 5}, "system"),
    ({"max_tokens": 5, "messages": HELLO, "temperature": 1.5}, "temperature"),
    ({"max_tokens": 5, "messages": HELLO, "tools": [{"name": "f"}]}, "tools[0].input_schema"),
    ({"max_tokens": 5, "messages": HELLO, "tools": [{"name": "f", "input_schema": {}}]}, "tools"),
])
def test_bad_input_names_its_field(relay, body, field):
    status, _, answer = relay.request("POST", "/v1/messages", json.dumps({"model": MODEL, **body}),
                                      {"x-api-key": "k", "Content-Type": "application/json"})
    answer = json.loads(answer)
    assert status == 400 and answer["type"] == "error"
    assert answer["error"]["type"] == "invalid_request_error" and field in answer["error"]["message"]


def test_errors_before_the_endpoint_are_in_the_dialect_of_the_address(relay):
    for method, path, status in [("POST", "/v1/messages", 401), ("GET", "/v1/messages", 405),
                                 ("POST", "/v1/messages/count_tokens", 401), ("POST", "/v1/messages/nothing", 404)]:
        got, fields, body = relay.request(method, path, "{}" if method == "POST" else None)
        body = json.loads(body)
        assert got == status and body["type"] == "error" and body["error"]["type"].endswith("_error")
        assert fields["request-id"] == body["request_id"]
    got, fields, body = relay.request("GET", "/v1/messagesx")
    assert got == 404 and "type" not in json.loads(body) and "request-id" not in fields


def test_a_bearer_key_works_too(relay):
    client = anthropic_client(relay, api_key=None, auth_token=fresh_key())
    assert check(ask(client)).stop_reason == "end_turn"


def test_the_asynchronous_client(relay):
    async def run():
        async with anthropic_client(relay, kind=anthropic.AsyncAnthropic) as client:
            whole = await ask(client)
            events = [event async for event in await ask(client, stream=True)]
            async with client.messages.stream(model=MODEL, max_tokens=9, messages=HELLO) as gathered:
                final = await gathered.get_final_message()
            count = await client.messages.count_tokens(model=MODEL, messages=HELLO)
            return whole, events, final, count
    whole, events, final, count = asyncio.run(run())
    for each in [whole, final, count]:
        check(each)
    for event in events:
        check_event(event, MESSAGE_EVENTS)
    assert events[-1].type == "message_stop" and count.input_tokens > 0
