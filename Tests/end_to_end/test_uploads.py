"""Files on their way to the vendor: once, and with every fault of it."""

import base64
import concurrent.futures
import json

import anthropic
import openai
import pytest

from gateway import Gateway, fresh_key, wait_until
from pictures import part, png, text, uri
from seeing import answer, ask, client, relay, sdk  # noqa: F401 (fixtures)


def test_a_hundred_conversations_upload_a_picture_once_per_caller(relay):
    clients = [sdk(relay)
               for _ in range(2)]
    picture = part(uri(png(90, 90)))
    before = relay.simulator()["uploads"]
    answer(clients[0], text("First"), picture)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda number: answer(clients[0], text(f"Turn {number}"), picture), range(99)))
    assert all("png 90x90" in each for each in said)
    assert relay.simulator()["uploads"] == before + 1
    answer(clients[1], text("Somebody else"), picture)
    assert relay.simulator()["uploads"] == before + 2


def test_an_upload_that_many_start_at_once(relay):
    client = sdk(relay)
    picture = part(uri(png(91, 91, tail=b"sim:asset-slow")))
    before = relay.simulator()["uploads"]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        said = list(pool.map(lambda _: answer(client, picture), range(12)))
    assert all("png 91x91" in each for each in said)
    assert relay.simulator()["uploads"] == before + 1


FAULTS = [("refused", 400), ("broken", 502), ("rate-limited", 429), ("no-credits", 429), ("nothing", 502),
          ("garbage", 502)]


def inner(body):
    return any(word in body for word in ["10.0.0.7", "sk-", "html", "http://", "simulator"])


@pytest.mark.parametrize("fault, status", FAULTS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_fault_of_an_upload_has_the_right_status_in_openais_dialect(client, fault, status, stream):
    with pytest.raises(openai.APIStatusError) as caught:
        ask(client, text("Look"), part(uri(png(tail=f"sim:asset-{fault}".encode()))), stream=stream)
    assert caught.value.status_code == status
    assert set(caught.value.response.json()["error"]) >= {"message", "type", "param", "code"}
    assert not inner(caught.value.response.text)
    if fault == "rate-limited":
        assert caught.value.response.headers["retry-after"] == "7"
    if fault == "no-credits":
        assert caught.value.code == "insufficient_quota"


@pytest.mark.parametrize("fault, status", FAULTS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_fault_of_an_upload_on_the_other_routes(relay, client, fault, status, stream):
    content = png(tail=f"sim:asset-{fault}".encode())
    with pytest.raises(openai.APIStatusError) as caught:
        client.responses.create(model="gpt-4o", stream=stream, input=[{"role": "user", "content": [
            {"type": "input_image", "image_url": uri(content), "detail": "auto"}]}])
    assert caught.value.status_code == status and not inner(caught.value.response.text)
    claude = anthropic.Anthropic(base_url=f"http://127.0.0.1:{relay.port}", api_key=fresh_key(), max_retries=0)
    with pytest.raises(anthropic.APIStatusError) as caught:
        claude.messages.create(model="gpt-4o", max_tokens=99, stream=stream, messages=[{"role": "user", "content": [
            {"type": "image", "source": {"type": "base64", "media_type": "image/png",
                                         "data": base64.b64encode(content).decode()}}]}])
    # Anthropic's API has a status of its own for an empty account.
    expected = 402 if fault == "no-credits" else status
    assert caught.value.status_code == expected and not inner(caught.value.response.text)
    assert caught.value.response.json()["type"] == "error"


def test_an_upload_whose_answer_looks_otherwise(client):
    assert answer(client, part(uri(png(8, 9, tail=b"sim:asset-odd")))).startswith("I see 1 image: png 8x9")


def test_a_refused_key_is_refused_before_the_chat(relay):
    client = sdk(relay, "bad-key")
    chats = relay.simulator()["chat_requests"]
    with pytest.raises(openai.AuthenticationError):
        ask(client, part(uri(png(12, 12))))
    assert relay.simulator()["chat_requests"] == chats




def test_what_the_vendor_has_let_go_of_is_uploaded_again(relay, client):
    picture = part(uri(png(93, 92)))
    assert "png 93x92" in answer(client, picture)
    before = relay.simulator()["uploads"]
    assert relay.request("POST", "/simulator/forget-assets")[0] == 204
    assert "png 93x92" in answer(client, picture)
    assert "png 93x92" in answer(client, picture)
    assert relay.simulator()["uploads"] == before + 1


# Behind the first byte


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    gateway = Gateway("nginx", tmp_path_factory.mktemp("impatient") / "state",
                      settings={"MARTLET_STREAM_HEARTBEAT_SECONDS": "1"}).wait_ready()
    yield gateway
    assert gateway.stop() == 0


def test_a_stream_is_kept_awake_while_a_picture_travels(impatient):
    chunks = list(ask(sdk(impatient), part(uri(png(13, 14, tail=b"sim:asset-slow"))), stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks).startswith("I see 1 image: png 13x14")


def test_a_fault_behind_the_first_byte_ends_the_stream_in_each_dialect(impatient):
    content = png(tail=b"sim:asset-late")
    with pytest.raises(openai.APIError) as caught:
        list(ask(sdk(impatient), part(uri(content)), stream=True))
    assert "1min.ai failed" in str(caught.value) and not inner(str(caught.value.body))
    events = list(sdk(impatient).responses.create(model="gpt-4o", stream=True, input=[{"role": "user", "content": [
        {"type": "input_image", "image_url": uri(content), "detail": "auto"}]}]))
    assert events[-1].type in {"error", "response.failed"} and not inner(events[-1].to_json())
    claude = anthropic.Anthropic(base_url=f"http://127.0.0.1:{impatient.port}", api_key=fresh_key(), max_retries=0)
    with pytest.raises(anthropic.APIError) as caught:
        list(claude.messages.create(model="gpt-4o", max_tokens=99, stream=True, messages=[{"role": "user", "content": [
            {"type": "image", "source": {"type": "base64", "media_type": "image/png",
                                         "data": base64.b64encode(content).decode()}}]}]))
    assert not inner(str(caught.value.body))


def test_a_client_that_leaves_while_its_picture_travels_is_not_billed(impatient):
    chats, uploads = (impatient.simulator()[name] for name in ["chat_requests", "uploads"])
    connection = impatient.connection()
    connection.request("POST", "/v1/chat/completions", json.dumps({"model": "gpt-4o", "messages": [
        {"role": "user", "content": [part(uri(png(15, 14, tail=b"sim:asset-slow")))]}]}),
        {"Authorization": "Bearer " + fresh_key(), "Content-Type": "application/json"})
    wait_until(lambda: impatient.simulator()["uploads"] == uploads + 1, 10, "the picture travels")
    connection.close()
    log = next(impatient.state.rglob("martlet.log"), None)
    assert log is not None
    wait_until(lambda: '"client_gone"' in log.read_text(), 10, "the client is missed")
    assert impatient.simulator()["chat_requests"] == chats
