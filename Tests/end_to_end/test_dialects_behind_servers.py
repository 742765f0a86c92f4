"""The other dialects behind every web server: streams, methods and fields come through unchanged."""

import openai
import pytest

from dialect_clients import MESSAGE_EVENTS, MODEL, RESPONSE_EVENTS, anthropic_client, openai_client
from strict import check, check_event


def test_a_response_is_made_kept_and_deleted(gateway):
    client = openai_client(gateway)
    events = list(client.responses.create(model=MODEL, input="Hello", stream=True))
    for event in events:
        check_event(event, RESPONSE_EVENTS)
    made = events[-1].response
    assert check(client.responses.retrieve(made.id)).output_text == made.output_text
    assert client.responses.input_items.list(made.id, limit=1).data[0].content[0].text == "Hello"
    client.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)


def test_a_message_is_streamed_and_whole(gateway):
    client = anthropic_client(gateway)
    ask = {"model": MODEL, "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}
    events = list(client.messages.create(**ask, stream=True))
    for event in events:
        check_event(event, MESSAGE_EVENTS)
    assert events[-1].type == "message_stop"
    assert check(client.messages.create(**ask))._request_id.startswith("req_")
    assert client.messages.count_tokens(model=MODEL, messages=ask["messages"]).input_tokens > 0
