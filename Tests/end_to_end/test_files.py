"""`/v1/files` with the official OpenAI SDK."""

import asyncio
import json
import sqlite3

import openai
import pytest

import strict
from gateway import Gateway, fresh_key
from pictures import part, png, uri


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    gateway = Gateway("nginx", tmp_path_factory.mktemp("files") / "state", settings={
        "MARTLET_FILES_LIMIT_MIB": "2", "MARTLET_FILES_QUOTA_MIB": "5"}).wait_ready()
    yield gateway
    assert gateway.stop() == 0


@pytest.fixture
def client(relay):
    return openai.OpenAI(base_url=f"http://127.0.0.1:{relay.port}/v1", api_key=fresh_key(), max_retries=0)


def add(client, content=b"%PDF-1.7 words", name="paper.pdf", purpose="user_data", **more):
    return client.files.create(file=(name, content), purpose=purpose, **more)


def test_a_file_from_its_upload_to_its_end(client, relay):
    content = bytes(range(256)) * 7000
    made = strict.check(add(client, png(tail=content), "Größe & Co.png", "vision"))
    assert made.id.startswith("file-") and made.object == "file" and made.status == "processed"
    assert (made.bytes, made.filename, made.purpose) == (len(png(tail=content)), "Größe & Co.png", "vision")
    assert made.expires_at - made.created_at == 30 * 86_400
    assert strict.check(client.files.retrieve(made.id)) == made
    assert client.files.content(made.id).read() == png(tail=content)
    before = relay.simulator()["deletions"]
    gone = strict.check(client.files.delete(made.id))
    assert gone.deleted and gone.id == made.id
    assert relay.simulator()["deletions"] == before + 1
    for again in [client.files.retrieve, client.files.content, client.files.delete]:
        with pytest.raises(openai.NotFoundError) as caught:
            again(made.id)
        assert caught.value.code == "file_not_found"


def test_the_asynchronous_client(relay):
    async def run():
        client = openai.AsyncOpenAI(base_url=f"http://127.0.0.1:{relay.port}/v1", api_key=fresh_key(), max_retries=0)
        made = await client.files.create(file=("a.txt", b"text"), purpose="assistants")
        assert (await client.files.content(made.id)).text == "text"
        assert [each.id async for each in client.files.list()] == [made.id]
        assert (await client.files.delete(made.id)).deleted
    asyncio.run(run())


def test_the_list_is_paged_by_age(client):
    made = [add(client, name=f"{number}.pdf", purpose="vision" if number % 2 else "user_data").id
            for number in range(5)]
    page = strict.check(client.files.list(limit=2), allowed=["object", "first_id", "last_id"])
    assert page.has_more and len(page.data) == 2
    assert {each.id for each in client.files.list(limit=2)} == set(made)
    rising = [each.id for each in client.files.list(order="asc", limit=1)]
    assert rising == [each.id for each in client.files.list(order="desc")][::-1]
    assert {each.id for each in client.files.list(purpose="vision")} == {made[1], made[3]}
    assert [each.id for each in client.files.list(order="asc", after=rising[3])] == [rising[4]]
    assert client.files.list(purpose="batch").data == []


def test_files_belong_to_their_key(client, relay):
    made = add(client)
    stranger = openai.OpenAI(base_url=f"http://127.0.0.1:{relay.port}/v1", api_key=fresh_key(), max_retries=0)
    for look in [stranger.files.retrieve, stranger.files.content, stranger.files.delete,
                 lambda name: stranger.files.list(after=name)]:
        with pytest.raises(openai.NotFoundError):
            look(made.id)
    assert stranger.files.list().data == []
    assert client.files.retrieve(made.id) == made


def test_an_invented_key_keeps_nothing(relay):
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{relay.port}/v1", api_key="bad-files", max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        add(client)
    assert client.files.list().data == []


@pytest.mark.parametrize("fields, files, parameter", [
    ({"purpose": "user_data"}, {}, "file"), ({"purpose": "user_data", "file": "text"}, {}, "file"),
    ({}, {"file": ("a.txt", b"x")}, "purpose"), ({"purpose": "steal"}, {"file": ("a.txt", b"x")}, "purpose"),
    ({"purpose": "user_data"}, {"file": ("a.txt", b"")}, "file"),
    ({"purpose": "user_data"}, {"file": ("a.md.bin", b"\0\1sim:asset-refused")}, "file"),
    ({"purpose": "user_data", "expires_after[anchor]": "now", "expires_after[seconds]": "3600"},
     {"file": ("a.txt", b"x")}, "expires_after[anchor]"),
    ({"purpose": "user_data", "expires_after[anchor]": "created_at", "expires_after[seconds]": "60"},
     {"file": ("a.txt", b"x")}, "expires_after[seconds]"),
    ({"purpose": "user_data", "expires_after[anchor]": "created_at"}, {"file": ("a.txt", b"x")},
     "expires_after[seconds]")])
def test_a_bad_form_names_its_field(relay, fields, files, parameter):
    lines = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in fields.items()]
    lines += [f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode() + content
              + b"\r\n" for field, (name, content) in files.items()]
    status, _, body = relay.request("POST", "/v1/files", b"".join(lines) + b"--x--\r\n", {
        "Authorization": "Bearer " + fresh_key(), "Content-Type": "multipart/form-data; boundary=x"})
    assert status == 400 and json.loads(body)["error"]["param"] == parameter


@pytest.mark.parametrize("query, parameter", [
    ("limit=0", "limit"), ("limit=10001", "limit"), ("limit=x", "limit"), ("order=up", "order")])
def test_a_bad_list_names_its_field(client, query, parameter):
    with pytest.raises(openai.BadRequestError) as caught:
        client.get(f"/files?{query}", cast_to=object)
    assert caught.value.param == parameter


def test_size_and_quota(client):
    with pytest.raises(openai.APIStatusError) as caught:
        add(client, b"%PDF-" + b"x" * (2 << 20))
    assert caught.value.status_code == 413
    made = [add(client, b"%PDF-" + b"x" * ((2 << 20) - 5)) for _ in range(2)]
    with pytest.raises(openai.BadRequestError) as caught:
        add(client, b"%PDF-" + b"x" * ((2 << 20) - 5))
    assert caught.value.code == "file_quota_exceeded"
    client.files.delete(made[0].id)
    add(client, b"%PDF-" + b"x" * ((2 << 20) - 5))


def test_a_file_may_expire_sooner(client):
    made = add(client, expires_after={"anchor": "created_at", "seconds": 3600})
    assert made.expires_at == made.created_at + 3600


@pytest.mark.parametrize("fault, status", [("broken", 502), ("rate-limited", 429), ("no-credits", 429),
                                           ("nothing", 502), ("garbage", 502)])
def test_a_fault_of_the_vendor(client, fault, status):
    with pytest.raises(openai.APIStatusError) as caught:
        add(client, f"%PDF-1.7 sim:asset-{fault}".encode())
    assert caught.value.status_code == status
    assert not any(word in caught.value.response.text for word in ["10.0.0.7", "sk-", "html", "http://"])
    assert client.files.list().data == []


def test_a_file_that_the_vendor_keeps_is_gone_all_the_same(client):
    made = add(client, b"%PDF-1.7 sim:asset-undeletable")
    assert client.files.delete(made.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.files.retrieve(made.id)


def test_neither_the_key_nor_the_content_is_in_the_database(client, relay):
    content = b"%PDF-1.7 a secret of the caller's"
    made = add(client, content)
    path = next(relay.state.rglob("martlet.db"))
    with sqlite3.connect(path) as database:
        dump = "\n".join(database.iterdump())
    assert made.id in dump
    assert client.api_key not in dump
    assert content.hex().upper() not in dump.upper() and content.decode() not in dump


def test_a_file_and_a_picture_behind_every_web_server(gateway):
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{gateway.port}/v1", api_key=fresh_key(), max_retries=0)
    content = png(33, 34, tail=bytes(range(256)) * 12_000)
    made = add(client, content, "p.png", "vision")
    assert client.files.content(made.id).read() == content
    said = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": [
        part(uri(content)), {"type": "file", "file": {"file_id": made.id}}]}]).choices[0].message.content
    assert said.startswith("I see 2 images: png 33x34")
    assert client.files.delete(made.id).deleted
