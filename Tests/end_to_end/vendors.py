"""A gateway with a channel for each simulated vendor, and the official SDKs pointed at it."""

import contextlib
import json

import anthropic
import httpx
import openai
from google import genai
from google.genai import types

from gateway import Gateway, free_port

KEY = "sk-known-to-this-gateway"

CHANNEL = """
[[channel]]
name = "{name}"
type = "{type}"
base_url = "http://127.0.0.1:{port}/simulator/{path}"
{more}
"""

# Channel, type, path, models, and what else.
VENDORS = [
    ("openai", "openai", "openai/v1", '"gpt", "other-gpt"', ""),
    ("azure", "azure", "azure", '"azure-gpt"', ""),
    ("strict", "compatible", "strict/v1", '"strict-gpt"',
     'quirks = ["no_stream_options", "short_call_ids", "max_tokens", "no_developer_role"]'),
    ("anthropic", "anthropic", "anthropic/v1", '"claude = claude-sonnet-4-5", "old-claude = claude-3-7-sonnet"', ""),
    ("gemini", "gemini", "gemini/v1beta", '"gemini = gemini-3-pro-preview", "flash = gemini-2.5-flash"', ""),
]

MODELS = {"openai": "gpt", "azure": "azure-gpt", "strict": "strict-gpt", "anthropic": "claude", "gemini": "gemini"}


def settings(port, channels="", extra=""):
    """A settings file with the usual channels, or with those that are given."""
    if not channels:
        channels = "".join(
            CHANNEL.format(name=name, type=kind, port=port, path=path,
                           more=f'key = "key-for-{name}"\nmodels = [{models}]\n{more}')
            for name, kind, path, models, more in VENDORS)
    return (f'[server]\nsocket = "unix:run/martlet.sock"\nthreads = 64\n[access]\nkeys = ["{KEY}"]\n'
            f'[onemin]\nbase_url = "http://127.0.0.1:{port}/simulator/onemin"\n{extra}\n{channels}')


@contextlib.contextmanager
def gateway(folder, channels=None, extra="", environment=None):
    """A running gateway; `channels` makes the settings of its channels from the port."""
    port = free_port()
    config = folder / "martlet.toml"
    config.write_text(settings(port, channels(port) if channels else "", extra))
    running = Gateway("nginx", folder / "state", port=port, options=["--config", str(config)],
                      settings=environment).wait_ready()
    try:
        yield running
    finally:
        status = running.stop()
        left = running.left_over()
        if left:
            running.end_leftovers()
        assert status == 0 and not left


class Seen:
    """What the simulated vendors were asked."""

    def __init__(self, gateway):
        self.address = f"http://127.0.0.1:{gateway.port}/simulator/vendors"

    def __getitem__(self, vendor):
        return httpx.get(self.address).json().get(vendor, {"requests": 0, "keys": {}, "last_request": None, "open_streams": 0})

    def forget(self):
        httpx.post(self.address + "/forget")


TOOLS = [
    {"name": "weather", "description": "The weather of a city.",
     "schema": {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": False,
                "properties": {"city": {"type": "string"}, "unit": {"$ref": "#/$defs/unit"}},
                "required": ["city"], "$defs": {"unit": {"enum": ["C", "F"]}}}},
    {"name": "time", "description": "The time in a city.",
     "schema": {"type": "object", "properties": {"city": {"type": ["string", "null"]}}}},
]
PERSON = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
          "required": ["name", "age"], "additionalProperties": False}


class Answer:
    """What a client got, in nobody's dialect."""

    def __init__(self):
        self.text = ""
        self.thoughts = ""
        self.calls = []
        self.reason = None
        self.input = self.output = self.cached = None
        self.pieces = 0
        self.turn = None


class OpenAIChat:
    """The `openai` package on Chat Completions."""

    def __init__(self, port):
        self.client = openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=KEY, max_retries=0, timeout=30)

    def ask(self, model, prompt, stream, tools=False, schema=None, thinks=False, history=(), **more):
        body = dict(model=model, messages=[*history, {"role": "user", "content": prompt}], **more)
        if tools:
            body["tools"] = [{"type": "function", "function": {"name": tool["name"], "description": tool["description"],
                                                               "parameters": tool["schema"]}} for tool in TOOLS]
        if schema:
            body["response_format"] = {"type": "json_schema", "json_schema": {"name": "person", "schema": schema,
                                                                              "strict": True}}
        if thinks:
            body["reasoning_effort"] = "medium"
        answer = Answer()
        if not stream:
            whole = self.client.chat.completions.create(**body)
            choice = whole.choices[0]
            answer.text = choice.message.content or choice.message.refusal or ""
            answer.thoughts = getattr(choice.message, "reasoning_content", None) or ""
            answer.calls = [(call.id, call.function.name, call.function.arguments)
                            for call in choice.message.tool_calls or []]
            answer.reason = choice.finish_reason
            self.count(answer, whole.usage)
            answer.turn = choice.message.model_dump(exclude_none=True)
            return answer
        calls = {}
        details = []
        for chunk in self.client.chat.completions.create(stream=True, stream_options={"include_usage": True}, **body):
            if chunk.usage:
                self.count(answer, chunk.usage)
            for choice in chunk.choices:
                delta = choice.delta
                answer.text += delta.content or delta.refusal or ""
                answer.pieces += bool(delta.content)
                answer.thoughts += getattr(delta, "reasoning_content", None) or ""
                details += getattr(delta, "reasoning_details", None) or []
                for call in delta.tool_calls or []:
                    entry = calls.setdefault(call.index, {"id": "", "type": "function",
                                                          "function": {"name": "", "arguments": ""}})
                    if call.id:
                        entry["id"] = call.id
                    if getattr(call, "extra_content", None):
                        entry["extra_content"] = call.extra_content
                    entry["function"]["name"] += call.function.name or ""
                    entry["function"]["arguments"] += call.function.arguments or ""
                answer.reason = choice.finish_reason or answer.reason
        answer.calls = [(call["id"], call["function"]["name"], call["function"]["arguments"])
                        for call in calls.values()]
        answer.turn = {"role": "assistant", "content": answer.text, "tool_calls": list(calls.values())}
        if answer.thoughts:
            answer.turn["reasoning_content"] = answer.thoughts
        if details:
            answer.turn["reasoning_details"] = details
        if not calls:
            del answer.turn["tool_calls"]
        return answer

    @staticmethod
    def count(answer, usage):
        if usage:
            answer.input, answer.output = usage.prompt_tokens, usage.completion_tokens
            answer.cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else 0

    @staticmethod
    def after(prompt, answer, results):
        return [{"role": "user", "content": prompt}, answer.turn,
                *[{"role": "tool", "tool_call_id": call[0], "content": result}
                  for call, result in zip(answer.calls, results)]]

    reasons = {"stop": "stop", "length": "length", "calls": "tool_calls", "text": "stop"}
    hears_errors_as = openai.APIStatusError


class OpenAIResponses:
    """The `openai` package on Responses."""

    def __init__(self, port):
        self.client = openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=KEY, max_retries=0, timeout=30)

    def ask(self, model, prompt, stream, tools=False, schema=None, thinks=False, history=(), **more):
        more.pop("max_tokens", None)
        body = dict(model=model, input=[*history, {"role": "user", "content": prompt}], store=False, **more)
        if tools:
            body["tools"] = [{"type": "function", "name": tool["name"], "description": tool["description"],
                              "parameters": tool["schema"], "strict": False} for tool in TOOLS]
        if schema:
            body["text"] = {"format": {"type": "json_schema", "name": "person", "schema": schema, "strict": True}}
        if thinks:
            body["reasoning"] = {"effort": "medium", "summary": "auto"}
        answer = Answer()
        if stream:
            whole = None
            for event in self.client.responses.create(stream=True, **body):
                if event.type == "response.output_text.delta":
                    answer.pieces += 1
                if event.type in ("response.completed", "response.incomplete"):
                    whole = event.response
        else:
            whole = self.client.responses.create(**body)
        answer.text = whole.output_text
        for item in whole.output:
            if item.type == "function_call":
                answer.calls.append((item.call_id, item.name, item.arguments))
            if item.type == "reasoning":
                answer.thoughts += "".join(part.text for part in item.summary)
            if item.type == "message":
                answer.text = answer.text or "".join(getattr(part, "refusal", "") for part in item.content)
        answer.reason = whole.incomplete_details.reason if whole.incomplete_details else whole.status
        answer.input, answer.output = whole.usage.input_tokens, whole.usage.output_tokens
        answer.cached = whole.usage.input_tokens_details.cached_tokens
        answer.turn = [item.model_dump(exclude_none=True) for item in whole.output]
        return answer

    @staticmethod
    def after(prompt, answer, results):
        return [{"role": "user", "content": prompt}, *answer.turn,
                *[{"type": "function_call_output", "call_id": call[0], "output": result}
                  for call, result in zip(answer.calls, results)]]

    reasons = {"stop": "completed", "length": "max_output_tokens", "calls": "completed", "text": "completed"}
    hears_errors_as = openai.APIStatusError


class Anthropic:
    """The `anthropic` package on Messages."""

    def __init__(self, port):
        self.client = anthropic.Anthropic(base_url=f"http://127.0.0.1:{port}", api_key=KEY, max_retries=0, timeout=30)

    def ask(self, model, prompt, stream, tools=False, schema=None, thinks=False, history=(), **more):
        more.setdefault("max_tokens", 5_000)
        messages = list(history)
        if messages and messages[-1]["role"] == "user":
            messages[-1] = {"role": "user", "content": [*messages[-1]["content"], {"type": "text", "text": prompt}]}
        else:
            messages.append({"role": "user", "content": prompt})
        body = dict(model=model, messages=messages, **more)
        if tools:
            body["tools"] = [{"name": tool["name"], "description": tool["description"], "input_schema": tool["schema"]}
                             for tool in TOOLS]
        if schema:
            body["extra_body"] = {"output_config": {"format": {"type": "json_schema", "schema": schema}}}
        if thinks:
            body["thinking"] = {"type": "enabled", "budget_tokens": 2_000}
        answer = Answer()
        if stream:
            with self.client.messages.stream(**body) as events:
                for event in events:
                    answer.pieces += event.type == "content_block_delta" and event.delta.type == "text_delta"
                whole = events.get_final_message()
        else:
            whole = self.client.messages.create(**body)
        for block in whole.content:
            if block.type == "text":
                answer.text += block.text
            if block.type == "thinking":
                answer.thoughts += block.thinking
            if block.type == "tool_use":
                answer.calls.append((block.id, block.name, json.dumps(block.input)))
        answer.reason = whole.stop_reason
        usage = whole.usage
        answer.cached = usage.cache_read_input_tokens or 0
        answer.input = usage.input_tokens + answer.cached + (usage.cache_creation_input_tokens or 0)
        answer.output = usage.output_tokens
        answer.turn = {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in whole.content]}
        return answer

    @staticmethod
    def after(prompt, answer, results):
        return [{"role": "user", "content": prompt}, answer.turn,
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call[0], "content": result}
                                             for call, result in zip(answer.calls, results)]}]

    reasons = {"stop": "end_turn", "length": "max_tokens", "calls": "tool_use", "text": "stop_sequence"}
    hears_errors_as = anthropic.APIStatusError


class Google:
    """The `google-genai` package on generateContent."""

    def __init__(self, port):
        options = types.HttpOptions(base_url=f"http://127.0.0.1:{port}", timeout=30_000)
        self.client = genai.Client(api_key=KEY, http_options=options)

    def ask(self, model, prompt, stream, tools=False, schema=None, thinks=False, history=(), **more):
        config = {}
        if more.get("max_tokens"):
            config["max_output_tokens"] = more["max_tokens"]
        if tools:
            config["tools"] = [types.Tool(function_declarations=[
                types.FunctionDeclaration(name=tool["name"], description=tool["description"],
                                          parameters_json_schema=tool["schema"]) for tool in TOOLS])]
            config["automatic_function_calling"] = {"disable": True}
        if schema:
            config |= {"response_mime_type": "application/json", "response_json_schema": schema}
        if thinks:
            config["thinking_config"] = {"include_thoughts": True, "thinking_budget": 2_000}
        contents = [*history, types.Content(role="user", parts=[types.Part(text=prompt)])]
        call = dict(model=model, contents=contents, config=types.GenerateContentConfig(**config))
        answer = Answer()
        parts = []
        pieces = self.client.models.generate_content_stream(**call) if stream else [
            self.client.models.generate_content(**call)]
        for piece in pieces:
            usage = piece.usage_metadata
            if usage and usage.prompt_token_count is not None:
                answer.input = usage.prompt_token_count
                answer.output = (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
                answer.cached = usage.cached_content_token_count or 0
            for candidate in piece.candidates or []:
                answer.reason = candidate.finish_reason.value if candidate.finish_reason else answer.reason
                for part in (candidate.content.parts if candidate.content else None) or []:
                    parts.append(part)
                    if part.function_call:
                        made = part.function_call
                        answer.calls.append((made.id, made.name, json.dumps(made.args)))
                    elif part.thought:
                        answer.thoughts += part.text or ""
                    else:
                        answer.text += part.text or ""
                        answer.pieces += bool(part.text)
        answer.turn = types.Content(role="model", parts=parts)
        return answer

    @staticmethod
    def after(prompt, answer, results):
        return [types.Content(role="user", parts=[types.Part(text=prompt)]), answer.turn,
                types.Content(role="user", parts=[
                    types.Part(function_response=types.FunctionResponse(id=call[0], name=call[1],
                                                                        response={"result": result}))
                    for call, result in zip(answer.calls, results)])]

    reasons = {"stop": "STOP", "length": "MAX_TOKENS", "calls": "STOP", "text": "STOP"}
    hears_errors_as = genai.errors.APIError


CLIENTS = {"chat": OpenAIChat, "responses": OpenAIResponses, "messages": Anthropic, "google": Google}
