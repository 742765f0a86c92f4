"""Clients of the official SDKs, and the events that they know."""

import anthropic
import openai
from anthropic.types import RawMessageStreamEvent
from openai.types.responses import ResponseStreamEvent

from gateway import fresh_key

MODEL = "gpt-4o-mini"
TOOL_MODEL = "gpt-4o"  # the one for which the tests have tools emulated
RESPONSE_EVENTS = ResponseStreamEvent
MESSAGE_EVENTS = RawMessageStreamEvent
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
WEATHER = {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
    "additionalProperties": False,
}


def openai_client(gateway, key=None, kind=openai.OpenAI):
    return kind(base_url=f"http://127.0.0.1:{gateway.port}/v1", api_key=key or fresh_key(), max_retries=0)


def anthropic_client(gateway, key=None, kind=anthropic.Anthropic, **more):
    return kind(base_url=f"http://127.0.0.1:{gateway.port}",
                **{"api_key": key or fresh_key(), "max_retries": 0, **more})
