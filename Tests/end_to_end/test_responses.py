"""`/v1/responses` with the official SDK; every answer and event is held against the SDK's own types."""

import asyncio
import json

import openai
import pytest

from dialect_clients import MODEL, RESPONSE_EVENTS, openai_client
from gateway import fresh_key
from strict import check, check_event


@pytest.fixture
def client(relay):
    return openai_client(relay)


def stream(client, **more):
    """The events of a streamed response, each checked, numbers and ids included."""
    events = list(client.responses.create(model=MODEL, stream=True, **more))
    for number, event in enumerate(events):
        check_event(event, RESPONSE_EVENTS)
        assert event.sequence_number == number
    return events


def test_a_whole_response(client):
    response = check(client.responses.create(model=MODEL, input="Hello"))
    assert response.id.startswith("resp_") and response.output[0].id.startswith("msg_")
    assert response.status == "completed"
    assert response.output_text == "Hello from the simulated gpt-4o-mini! You said: Hello"
    assert response.usage.input_tokens == 1 and response.usage.total_tokens == 9
    assert response._request_id


def test_a_streamed_response_has_every_event_in_order(client):
    events = stream(client, input="Hello")
    kinds = [event.type.removeprefix("response.") for event in events]
    deltas = kinds.count("output_text.delta")
    assert deltas > 3
    assert kinds == ["created", "in_progress", "output_item.added", "content_part.added",
                     *["output_text.delta"] * deltas, "output_text.done", "content_part.done",
                     "output_item.done", "completed"]
    text = "".join(event.delta for event in events if event.type.endswith("output_text.delta"))
    final = events[-1].response
    assert text == final.output_text == events[-4].text == events[-2].item.content[0].text
    assert {event.item_id for event in events if hasattr(event, "item_id")} == {final.output[0].id}
    assert events[0].response.id == final.id and final.usage.total_tokens == 9


def test_what_is_asked_is_repeated(client):
    response = check(client.responses.create(
        model=MODEL, input="Hello", instructions="Be brief.", temperature=0.5, top_p=0.9, max_output_tokens=50,
        metadata={"topic": "demo"}, reasoning={"effort": "low"}, user="anna", parallel_tool_calls=False,
        tools=[{"type": "function", "name": "look", "parameters": {"type": "object"}, "strict": True}],
        tool_choice="none"))
    assert response.instructions == "Be brief." and response.temperature == 0.5
    assert response.metadata == {"topic": "demo"} and response.reasoning.effort == "low"
    assert response.tools[0].name == "look" and response.tool_choice == "none"
    assert response.max_output_tokens == 50 and response.user == "anna"


ITEMS = [
    [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Ping"}]}],
    [{"role": "user", "content": [{"type": "input_text", "text": "Ping"}]}],
    [{"role": "user", "content": [{"type": "text", "text": "Ping"}]}],
    [{"role": "user", "content": [{"text": "Ping"}]}],
    [{"role": "user", "content": "Ping"}],
    ["Ping"],
]


@pytest.mark.parametrize("items", ITEMS)
def test_every_spelling_of_input(client, items):
    assert check(client.responses.create(model=MODEL, input=items)).output_text.endswith("You said: Ping")


def test_a_conversation_of_items(client, relay):
    client.responses.create(model=MODEL, input=[
        {"role": "developer", "content": "Be kind."},
        {"role": "user", "content": "Weather?"},
        {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": '{"city":"Oslo"}'},
        {"type": "function_call_output", "call_id": "call_1", "output": "Rain"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "It rains.", "annotations": []}]},
        {"role": "user", "content": "Thanks"},
    ])
    prompt = relay.simulator()["last_request"]["promptObject"]["prompt"]
    for words in ["System: Be kind.", "weather", "Rain", "Assistant: It rains.", "User: Thanks"]:
        assert words in prompt


def test_the_spellings_of_older_relays(relay):
    status, _, body = relay.request("POST", "/v1/responses", json.dumps({
        "model": MODEL, "messages": [{"role": "user", "content": "Ping"}], "reasoning_effort": "high"}),
        {"Authorization": f"Bearer {fresh_key()}", "Content-Type": "application/json"})
    answer = json.loads(body)
    assert status == 200 and answer["output"][0]["content"][0]["text"].endswith("You said: User: Ping")
    assert answer["reasoning"]["effort"] == "high"
    assert "think it through" in relay.simulator()["last_request"]["promptObject"]["prompt"]


@pytest.mark.parametrize("body, param, code", [
    ({}, "input", "missing_required_parameter"),
    ({"input": ""}, "input", "empty_input"),
    ({"input": []}, "input", "empty_input"),
    ({"input": 5}, "input", "invalid_type"),
    ({"input": [{"role": "user", "content": [{"type": "video", "text": "x"}]}]}, "input[0].content[0].type",
     "unsupported_content_type"),
    ({"input": [{"role": "king", "content": "x"}]}, "input[0].role", "invalid_value"),
    ({"input": [{"type": "item_reference", "id": "x"}]}, "input[0]", "unsupported_item"),
    ({"input": [{"type": "function_call", "name": "x", "arguments": "{}"}]}, "input[0].call_id",
     "missing_required_parameter"),
    ({"input": "x", "background": True}, "background", "unsupported_parameter"),
    ({"input": "x", "background": "yes"}, "background", "unsupported_parameter"),
    ({"input": "x", "conversation": "conv_1"}, "conversation", "unsupported_parameter"),
    ({"input": "x", "store": 1}, "store", "invalid_type"),
    ({"input": "x", "metadata": {"a": 1}}, "metadata.a", "invalid_type"),
    ({"input": "x", "text": {"format": {"type": "xml"}}}, "text.format.type", "invalid_value"),
    ({"input": "x", "text": {"format": {"type": "json_schema", "name": "n", "schema": {"type": "objekt"}}}},
     "text.format.schema.type", "invalid_json_schema"),
    ({"input": "x", "text": {"format": {"type": "json_schema", "name": "n", "schema": {}, "strict": 1}}},
     "text.format.strict", "invalid_type"),
    ({"input": "x", "tools": [{"type": "function", "name": "a b"}]}, "tools[0].name", "invalid_value"),
    ({"input": "x", "tools": [{"type": "function", "name": "f"}]}, "tools", "unsupported_parameter"),
    ({"input": "x", "tools": [{"type": "file_search"}]}, "tools[0].type", "invalid_value"),
])
def test_bad_input_names_its_field(relay, body, param, code):
    status, _, answer = relay.request("POST", "/v1/responses", json.dumps({"model": MODEL, **body}),
                                      {"Authorization": "Bearer k", "Content-Type": "application/json"})
    error = json.loads(answer)["error"]
    assert status == 400
    assert (error["param"], error["code"]) == (param, code)


def test_a_conversation_goes_on(client, relay):
    first = client.responses.create(model=MODEL, input="My name is Ada.", instructions="Rhyme.")
    second = check(client.responses.create(model=MODEL, input="And mine?", previous_response_id=first.id))
    assert second.previous_response_id == first.id
    prompt = relay.simulator()["last_request"]["promptObject"]["prompt"]
    assert "User: My name is Ada." in prompt and "Assistant: Hello from" in prompt and "User: And mine?" in prompt
    assert "Rhyme" not in prompt  # instructions are for one answer
    third = stream(client, input="Bye", previous_response_id=second.id)[-1].response
    prompt = relay.simulator()["last_request"]["promptObject"]["prompt"]
    assert prompt.index("My name is Ada.") < prompt.index("And mine?") < prompt.index("Bye")
    assert client.responses.retrieve(third.id).id == third.id


def test_a_stored_response_belongs_to_its_caller(client, relay):
    made = client.responses.create(model=MODEL, input=[{"role": "user", "content": "One"},
                                                       {"role": "user", "content": "Two"}])
    assert check(client.responses.retrieve(made.id)).to_dict() == made.to_dict()
    items = client.responses.input_items.list(made.id, order="asc")
    for item in items.data:
        check(item)
    assert [item.content[0].text for item in items.data] == ["One", "Two"]
    page = client.responses.input_items.list(made.id, limit=1)
    assert page.has_more and page.data[0].content[0].text == "Two"
    assert [item.content[0].text for item in page] == ["Two", "One"]  # the SDK turns the pages

    other = openai_client(relay)
    for attempt in [lambda: other.responses.retrieve(made.id), lambda: other.responses.delete(made.id),
                    lambda: other.responses.input_items.list(made.id),
                    lambda: other.responses.create(model=MODEL, input="x", previous_response_id=made.id)]:
        with pytest.raises(openai.NotFoundError):
            attempt()
    client.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)
    with pytest.raises(openai.NotFoundError) as caught:
        client.responses.create(model=MODEL, input="x", previous_response_id=made.id)
    assert caught.value.code == "previous_response_not_found"


def test_a_streamed_response_is_stored_as_it_was_sent(client):
    final = stream(client, input="Hello")[-1].response
    assert client.responses.retrieve(final.id).to_dict() == final.to_dict()


def test_what_shall_not_be_stored_is_not(client):
    made = client.responses.create(model=MODEL, input="Hello", store=False)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)


def test_the_database_holds_no_word_and_no_key_in_clear(relay):
    key = fresh_key()
    openai_client(relay, key).responses.create(model=MODEL, input="Xylophone secret", instructions="Zeppelin")
    files = [path.read_bytes() for path in relay.state.glob("martlet.db*")]
    assert files and any(b"resp_" in content for content in files)
    for content in files:
        for word in [b"Xylophone", b"Zeppelin", b"simulated", key.encode()]:
            assert word not in content


@pytest.mark.parametrize("scenario", ["crlf", "bytes", "emoji", "not-json", "duplicate", "raw", "result-only"])
def test_every_form_of_stream(client, scenario):
    events = stream(client, input=f"sim:{scenario}")
    assert events[-1].type == "response.completed" and events[-1].response.output_text


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("scenario, error, code", [
    ("bad-key", openai.AuthenticationError, "invalid_api_key"),
    ("unsupported", openai.NotFoundError, "model_not_found"),
    ("rate-limited", openai.RateLimitError, "rate_limit_exceeded"),
    ("no-credits", openai.RateLimitError, "insufficient_quota"),
    ("bad-gateway", openai.InternalServerError, "upstream_error"),
])
def test_every_refusal_has_its_exception(client, scenario, error, code, streamed):
    with pytest.raises(error) as caught:
        client.responses.create(model=MODEL, input=f"sim:{scenario}", stream=streamed)
    assert caught.value.code == code
    assert "10.0.0.7" not in str(caught.value)


def test_a_late_failure_ends_the_stream_with_its_events(client):
    events = stream(client, input="sim:error-late")
    assert [event.type for event in events[-2:]] == ["error", "response.failed"]
    assert events[-1].response.status == "failed" and events[-1].response.error.code == "server_error"
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(events[-1].response.id)


def test_a_failure_behind_a_heartbeat_is_told_in_the_stream(lively):
    # The first heartbeat has sent the status; then nothing comes of the answer.
    events = stream(openai_client(lively), input="sim:wait-error")
    assert [event.type for event in events] == ["response.created", "response.in_progress", "error",
                                                "response.failed"]
    assert events[2].code == "insufficient_quota" and events[3].response.error.code == "rate_limit_exceeded"


def test_the_sdk_gathers_a_stream(client):
    with client.responses.stream(model=MODEL, input="Hello") as events:
        for event in events:
            pass
        final = events.get_final_response()
    assert final.output_text.startswith("Hello from the simulated")


def test_the_asynchronous_client(relay):
    async def run():
        async with openai_client(relay, kind=openai.AsyncOpenAI) as client:
            whole = await client.responses.create(model=MODEL, input="Hello")
            events = [event async for event in await client.responses.create(
                model=MODEL, input="Hello", stream=True)]
            kept = await client.responses.retrieve(whole.id)
            await client.responses.delete(whole.id)
            return whole, events, kept
    whole, events, kept = asyncio.run(run())
    assert check(whole).to_dict() == check(kept).to_dict()
    for event in events:
        check_event(event, RESPONSE_EVENTS)
    assert events[-1].type == "response.completed"
