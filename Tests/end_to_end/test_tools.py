"""Tools on models that have none: emulated where the settings say so, in all dialects; a clear 400 elsewhere."""

import json

import anthropic
import openai
import pytest
from openai.types.chat import ChatCompletionChunk

from dialect_clients import (MESSAGE_EVENTS, MODEL, RESPONSE_EVENTS, TOOL_MODEL, WEATHER, anthropic_client,
                             openai_client)
from strict import check, check_event

IN_CHAT = [{"type": "function", "function": {"name": "weather", "description": "Asks the sky.",
                                             "parameters": WEATHER}}]
IN_RESPONSES = [{"type": "function", "name": "weather", "parameters": WEATHER, "strict": True}]
IN_MESSAGES = [{"name": "weather", "description": "Asks the sky.", "input_schema": WEATHER}]


def chat(relay, prompt, model=TOOL_MODEL, **more):
    return openai_client(relay).chat.completions.create(**{
        "model": model, "messages": [{"role": "user", "content": prompt}], "tools": IN_CHAT, **more})


def respond(relay, prompt, model=TOOL_MODEL, **more):
    return openai_client(relay).responses.create(**{"model": model, "input": prompt, "tools": IN_RESPONSES, **more})


def message(relay, prompt, model=TOOL_MODEL, **more):
    return anthropic_client(relay).messages.create(**{
        "model": model, "max_tokens": 99, "messages": [{"role": "user", "content": prompt}], "tools": IN_MESSAGES,
        **more})


@pytest.mark.parametrize("scenario", ["tool-call", "tool-fence"])
def test_a_call_in_chat_and_its_result(relay, scenario):
    answer = check(chat(relay, f"sim:{scenario}"))
    call = answer.choices[0].message.tool_calls[0]
    assert answer.choices[0].finish_reason == "tool_calls" and call.id.startswith("call_")
    assert answer.choices[0].message.content == "Let me look."
    assert call.function.name == "weather" and json.loads(call.function.arguments) == {"city": "Oslo"}
    after = check(chat(relay, None, messages=[
        {"role": "user", "content": f"sim:{scenario}"}, answer.choices[0].message.to_dict(),
        {"role": "tool", "tool_call_id": call.id, "content": "Rain"}]))
    assert after.choices[0].message.content == "The tool has answered."
    assert after.choices[0].finish_reason == "stop"
    assert "weather: Rain" in relay.simulator()["last_request"]["promptObject"]["prompt"]


def test_a_streamed_call_in_chat(relay):
    chunks = list(chat(relay, "sim:tool-call", stream=True))
    for chunk in chunks:
        check_event(chunk, ChatCompletionChunk)
    calls = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
    assert [call.index for call in calls] == [0] and calls[0].function.name == "weather"
    assert chunks[-1].choices[0].finish_reason == "tool_calls"
    with openai_client(relay).chat.completions.stream(
            model=TOOL_MODEL, messages=[{"role": "user", "content": "sim:tool-call"}], tools=IN_CHAT) as events:
        for _ in events:
            pass
        final = events.get_final_completion()
    assert json.loads(final.choices[0].message.tool_calls[0].function.arguments) == {"city": "Oslo"}


def test_a_call_in_responses_and_its_result(relay):
    client = openai_client(relay)
    response = check(client.responses.create(model=TOOL_MODEL, input="sim:tool-call", tools=IN_RESPONSES))
    text, call = response.output
    assert text.content[0].text == "Let me look." and call.type == "function_call" and call.id.startswith("fc_")
    assert call.name == "weather" and json.loads(call.arguments) == {"city": "Oslo"}
    after = check(client.responses.create(
        model=TOOL_MODEL, previous_response_id=response.id, tools=IN_RESPONSES,
        input=[{"type": "function_call_output", "call_id": call.call_id, "output": "Rain"}]))
    assert after.output_text == "The tool has answered."
    for item in client.responses.input_items.list(after.id).data:
        assert check(item).type == "function_call_output"


def test_a_streamed_call_in_responses(relay):
    events = list(respond(relay, "sim:tool-call", stream=True))
    for number, event in enumerate(events):
        check_event(event, RESPONSE_EVENTS)
        assert event.sequence_number == number
    kinds = [event.type.removeprefix("response.") for event in events]
    assert kinds[-5:] == ["output_item.added", "function_call_arguments.delta", "function_call_arguments.done",
                          "output_item.done", "completed"]
    final = events[-1].response.output
    assert [item.type for item in final] == ["message", "function_call"]
    assert events[-2].item == final[1] and events[-2].output_index == 1


def test_a_call_in_messages_and_its_result(relay):
    answer = check(message(relay, "sim:tool-call"))
    text, call = answer.content
    assert answer.stop_reason == "tool_use" and text.text == "Let me look."
    assert call.id.startswith("toolu_") and call.name == "weather" and call.input == {"city": "Oslo"}
    after = check(message(relay, None, messages=[
        {"role": "user", "content": "sim:tool-call"}, {"role": "assistant", "content": answer.to_dict()["content"]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "Rain"}]}]))
    assert after.content[0].text == "The tool has answered." and after.stop_reason == "end_turn"


def test_a_streamed_call_in_messages(relay):
    events = list(message(relay, "sim:tool-call", stream=True))
    for event in events:
        check_event(event, MESSAGE_EVENTS)
    assert [event.type for event in events if "block_st" in event.type] == [
        "content_block_start", "content_block_stop"] * 2
    assert events[-2].delta.stop_reason == "tool_use"
    with anthropic_client(relay).messages.stream(
            model=TOOL_MODEL, max_tokens=99, tools=IN_MESSAGES,
            messages=[{"role": "user", "content": "sim:tool-call"}]) as stream:
        assert check(stream.get_final_message()).content[1].input == {"city": "Oslo"}


def test_an_answer_without_a_call_is_text(relay):
    answer = chat(relay, "Hello")
    assert answer.choices[0].message.tool_calls is None and answer.choices[0].finish_reason == "stop"
    assert answer.choices[0].message.content.startswith("Hello from")


def test_a_call_that_cannot_be_followed_is_asked_for_again_and_then_text(relay):
    before = relay.simulator()["chat_requests"]
    answer = chat(relay, "sim:tool-stray")
    assert relay.simulator()["chat_requests"] == before + 2
    assert "There is no tool 'not_there'" in relay.simulator()["last_request"]["promptObject"]["prompt"]
    assert answer.choices[0].finish_reason == "stop" and "not_there" in answer.choices[0].message.content


def test_a_call_that_must_be_and_is_not_is_an_error(relay):
    for attempt in [lambda: chat(relay, "Hello", tool_choice="required"),
                    lambda: chat(relay, "Hello", tool_choice={"type": "function", "function": {"name": "weather"}}),
                    lambda: respond(relay, "Hello", tool_choice={"type": "function", "name": "weather"})]:
        with pytest.raises(openai.InternalServerError) as caught:
            attempt()
        assert caught.value.code == "invalid_tool_call"
    with pytest.raises(anthropic.InternalServerError):
        message(relay, "Hello", tool_choice={"type": "any"})
    assert message(relay, "sim:tool-call", tool_choice={"type": "tool", "name": "weather"}).stop_reason == "tool_use"


def test_a_choice_of_none_leaves_the_tools_out(relay):
    chat(relay, "Hello", tool_choice="none")
    assert "weather" not in relay.simulator()["last_request"]["promptObject"]["prompt"]


def test_a_choice_of_an_unknown_tool_is_refused(relay):
    with pytest.raises(openai.BadRequestError) as caught:
        chat(relay, "Hello", tool_choice={"type": "function", "function": {"name": "none"}})
    assert caught.value.param == "tool_choice.function.name"


@pytest.mark.parametrize("ask, error", [
    (chat, openai.BadRequestError), (respond, openai.BadRequestError), (message, anthropic.BadRequestError)])
@pytest.mark.parametrize("streamed", [False, True])
def test_where_they_are_off_tools_are_a_clear_refusal(relay, ask, error, streamed):
    with pytest.raises(error) as caught:
        ask(relay, "Hello", model=MODEL, stream=streamed)
    assert caught.value.status_code == 400 and "emulate_tools" in str(caught.value)
