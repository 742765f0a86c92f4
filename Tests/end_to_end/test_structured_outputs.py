"""Answers in a form that was asked for: JSON and schemas, on both of OpenAI's chat routes."""

import json
import time

import openai
import pydantic
import pytest
from openai.types.chat import ChatCompletionChunk

from dialect_clients import MODEL, RESPONSE_EVENTS, SCHEMA, anthropic_client, openai_client
from gateway import events as raw_events
from gateway import fresh_key
from strict import check, check_event


class Person(pydantic.BaseModel):
    name: str
    age: int


@pytest.fixture
def client(relay):
    return openai_client(relay)


def chat(client, prompt, form, **more):
    return client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": prompt}], response_format=form, **more)


def respond(client, prompt, form, **more):
    return client.responses.create(model=MODEL, input=prompt, text={"format": form}, **more)


OBJECT = {"type": "json_object"}
IN_CHAT = {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA, "strict": True}}
IN_RESPONSES = {"type": "json_schema", "name": "person", "schema": SCHEMA, "strict": True}


@pytest.mark.parametrize("scenario", ["json", "json-twice"])
@pytest.mark.parametrize("form, other", [(OBJECT, OBJECT), (IN_CHAT, IN_RESPONSES)])
def test_json_comes_without_fences_and_words(client, scenario, form, other):
    answer = check(chat(client, f"sim:{scenario}", form))
    assert json.loads(answer.choices[0].message.content)["name"] == "Ada"
    response = check(respond(client, f"sim:{scenario}", other))
    assert json.loads(response.output_text)["name"] == "Ada"
    if scenario == "json" or form != OBJECT:
        assert json.loads(response.output_text) == {"name": "Ada", "age": 36}


def test_the_spelling_of_chat_works_on_responses(relay):
    status, _, body = relay.request(
        "POST", "/v1/responses",
        json.dumps({"model": MODEL, "input": "sim:json", "response_format": IN_CHAT}),
        {"Authorization": "Bearer k", "Content-Type": "application/json"})
    answer = json.loads(body)
    assert status == 200 and answer["text"]["format"]["name"] == "person"
    assert json.loads(answer["output"][0]["content"][0]["text"]) == {"name": "Ada", "age": 36}


def test_the_parsing_ways_of_the_sdk(client):
    answer = client.chat.completions.parse(
        model=MODEL, messages=[{"role": "user", "content": "sim:json"}], response_format=Person)
    assert answer.choices[0].message.parsed == Person(name="Ada", age=36)
    answer = client.beta.chat.completions.parse(
        model=MODEL, messages=[{"role": "user", "content": "sim:json-twice"}], response_format=Person)
    assert answer.choices[0].message.parsed == Person(name="Ada", age=36)
    response = client.responses.parse(model=MODEL, input="sim:json-twice", text_format=Person)
    assert response.output_parsed == Person(name="Ada", age=36)
    with client.responses.stream(model=MODEL, input="sim:json", text_format=Person) as events:
        for _ in events:
            pass
        assert events.get_final_response().output_parsed == Person(name="Ada", age=36)


def test_the_parsing_way_of_the_other_sdk(relay):
    message = anthropic_client(relay).messages.parse(
        model=MODEL, max_tokens=99, messages=[{"role": "user", "content": "sim:json-twice"}], output_format=Person)
    assert message.parsed_output == Person(name="Ada", age=36)


def test_what_does_not_fit_is_asked_for_once_more_and_both_count(client, relay):
    before = relay.simulator()["chat_requests"]
    once = chat(client, "sim:json", IN_CHAT)
    assert relay.simulator()["chat_requests"] == before + 1
    twice = chat(client, "sim:json-twice", IN_CHAT)
    assert relay.simulator()["chat_requests"] == before + 3
    prompt = relay.simulator()["last_request"]["promptObject"]["prompt"]
    assert 'Assistant: {"name": "Ada"}' in prompt and "age is missing" in prompt
    # The simulator counts words: the second prompt holds the first, so more than double is due.
    assert twice.usage.prompt_tokens > 2 * once.usage.prompt_tokens
    assert twice.usage.completion_tokens == 2 + 4


@pytest.mark.parametrize("streamed", [False, True])
def test_what_never_fits_is_an_honest_error(client, relay, streamed):
    before = relay.simulator()["chat_requests"]
    for attempt in [lambda: chat(client, "sim:json-never", IN_CHAT, stream=streamed),
                    lambda: respond(client, "sim:json-never", IN_RESPONSES, stream=streamed)]:
        with pytest.raises(openai.InternalServerError) as caught:
            attempt()
        assert caught.value.status_code == 502 and caught.value.code == "invalid_structured_output"
        assert caught.value.response.headers["x-should-retry"] == "false"
    assert relay.simulator()["chat_requests"] == before + 4


def test_a_streamed_form_is_held_back_and_whole(client):
    chunks = list(chat(client, "sim:json", IN_CHAT, stream=True, stream_options={"include_usage": True}))
    for chunk in chunks:
        check_event(chunk, ChatCompletionChunk)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert json.loads(text) == {"name": "Ada", "age": 36} and chunks[-1].usage.total_tokens > 0
    events = list(respond(client, "sim:json", IN_RESPONSES, stream=True))
    for event in events:
        check_event(event, RESPONSE_EVENTS)
    assert json.loads(events[-1].response.output_text) == {"name": "Ada", "age": 36}


def test_heartbeats_go_out_while_an_answer_is_held_back(lively):
    connection, answer = lively.open_chat("sim:slow", response_format=OBJECT)
    lines = answer.read().decode().splitlines()
    # Three seconds of pieces, none of them sent on; then an error, for it was no JSON.
    assert lines.count(": waiting") >= 2
    assert "invalid_structured_output" in lines[-4] and lines[-2] == "data: [DONE]"
    connection.close()


@pytest.mark.parametrize("schema, place", [
    ({"type": "objekt"}, "schema.type"),
    ({"properties": {"a": {"$ref": "#/$defs/none"}}}, "schema.properties.a.$ref"),
    ({"required": "name"}, "schema.required"), ("text", "schema"),
])
def test_a_schema_that_means_nothing_is_refused(client, schema, place):
    with pytest.raises(openai.BadRequestError) as caught:
        chat(client, "Hi", {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}})
    assert caught.value.param == f"response_format.json_schema.{place}"
