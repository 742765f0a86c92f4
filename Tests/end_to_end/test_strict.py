"""The strict check itself finds what it is there for."""

import pytest
from openai.types import Model
from openai.types.chat import ChatCompletion
from openai.types.responses import ResponseStreamEvent
from openai._models import construct_type

from strict import check, check_event

MODEL = {"id": "m", "created": 1, "object": "model", "owned_by": "x"}
CHAT = {"id": "c", "created": 1, "model": "m", "object": "chat.completion", "choices": [
    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "x"}}]}
EVENT = {"type": "response.output_text.delta", "content_index": 0, "output_index": 0, "item_id": "i", "delta": "d",
         "logprobs": [], "sequence_number": 1}


def build(kind, value):
    return construct_type(type_=kind, value=value)


def test_what_is_right_passes():
    check(build(Model, MODEL))
    check(build(ChatCompletion, CHAT))
    check_event(build(ResponseStreamEvent, EVENT), ResponseStreamEvent)
    check(build(Model, {**MODEL, "more": 1}), allowed=["more"])


@pytest.mark.parametrize("change, words", [
    ({"owned_by": None}, "owned_by"), ({"created": "1"}, "whole number"), ({"created": True}, "whole number"),
    ({"object": "models"}, "is none of"), ({"more": 1}, "unknown"),
])
def test_each_fault_is_found(change, words):
    with pytest.raises(AssertionError, match=words):
        check(build(Model, {**MODEL, **change}))


def test_a_missing_field_is_found_however_deep():
    with pytest.raises(AssertionError, match="owned_by: missing"):
        check(build(Model, {key: value for key, value in MODEL.items() if key != "owned_by"}))
    broken = {**CHAT, "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": "x"}}]}
    with pytest.raises(AssertionError, match=r"choices\[0\].message.role: missing"):
        check(build(ChatCompletion, broken))


@pytest.mark.parametrize("change", [{"type": "response.output_text.other"}, {"delta": 5}, {"more": 1}])
def test_a_strange_event_is_found(change):
    with pytest.raises(AssertionError):
        check_event(build(ResponseStreamEvent, {**EVENT, **change}), ResponseStreamEvent)
