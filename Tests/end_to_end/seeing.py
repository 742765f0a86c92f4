"""A relay that fetches from this machine, and how its tests ask it."""

import openai
import pytest

import strict
from gateway import Gateway, fresh_key

SETTINGS = {"MARTLET_FETCH_ALLOWED_NETWORKS": "127.0.0.1/32", "MARTLET_FETCH_PLAIN_HTTP": "true",
            "MARTLET_FETCH_SECONDS": "3"}


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    gateway = Gateway("nginx", tmp_path_factory.mktemp("vision") / "state", settings=SETTINGS).wait_ready()
    yield gateway
    assert gateway.stop() == 0


def sdk(relay, key=None):
    return openai.OpenAI(base_url=f"http://127.0.0.1:{relay.port}/v1", api_key=key or fresh_key(), max_retries=0)


@pytest.fixture
def client(relay):
    return sdk(relay)


def ask(client, *parts, model="gpt-4o", **more):
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": list(parts)}], **more)


def answer(client, *parts, **more):
    return strict.check(ask(client, *parts, **more)).choices[0].message.content
