"""Documents, sound and uploaded files in a chat."""

import base64

import openai
import pytest

from pictures import png, text, uri
from seeing import answer, ask, client, relay, sdk  # noqa: F401 (fixtures)


def document(content, name, kind="application/pdf"):
    return {"type": "file", "file": {"filename": name, "file_data": uri(content, kind)}}


@pytest.mark.parametrize("content, name, sent, kind", [
    (b"%PDF-1.7 words", "paper.pdf", "paper.pdf", "application/pdf"),
    (b"%PDF-1.7 words!", "paper", "paper.pdf", "application/pdf"),
    ("# Größe".encode(), "notes.md", "notes.txt", "text/plain"), (b"print(1)", "a.py", "a.txt", "text/plain"),
    (b"a,b\n1,2", "table.csv", "table.csv", "text/csv"), (b"just text", "noname", "noname.txt", "text/plain"),
    (b"PK\x03\x04 zip", "letter.docx", "letter.docx",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document")])
def test_a_document_goes_by_its_id(client, relay, content, name, sent, kind):
    said = answer(client, text("Read"), document(content, name))
    assert said.startswith(f"I read 1 file: {sent}, {len(content)} bytes. ")
    assert relay.simulator()["last_upload"] == {"name": sent, "type": kind, "size": len(content)}
    assert "images" not in relay.simulator()["last_request"]["promptObject"]["attachments"]


@pytest.mark.parametrize("content, name", [(b"\x00\x01\x02", "a.bin"), (b"PK\x03\x04", "a.zip"), (b"\xff\xfe", "a.txt"),
                                           (b"MZ\x90\x00", "a.pdf")])
def test_a_document_that_nobody_can_read(client, content, name):
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, document(content, name))
    assert caught.value.code == "unsupported_file_type" and caught.value.param == "messages[0].content[0]"


@pytest.mark.parametrize("sound", [b"RIFF", b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\xff", b"\xff\xfb\x90d\x00"])
def test_sound_is_sent_elsewhere(client, sound):
    content = base64.b64encode(sound).decode()
    with pytest.raises(openai.BadRequestError, match="/v1/audio/transcriptions") as caught:
        ask(client, {"type": "input_audio", "input_audio": {"data": content, "format": "wav"}})
    assert caught.value.param == "messages[0].content[0]"


def test_a_file_of_the_files_address(client, relay):
    paper = client.files.create(file=("paper.pdf", b"%PDF-1.7 stored"), purpose="user_data")
    picture = client.files.create(file=("p.png", png(6, 5)), purpose="vision")
    before = relay.simulator()["uploads"]
    said = answer(client, text("Read"), {"type": "file", "file": {"file_id": paper.id}},
                  {"type": "file", "file": {"file_id": picture.id}})
    assert "I see 1 image: png 6x5" in said and "I read 1 file: paper.pdf, 15 bytes" in said
    assert relay.simulator()["uploads"] == before
    stranger = sdk(relay)
    for who, name in [(stranger, paper.id), (client, "file-none")]:
        with pytest.raises(openai.BadRequestError) as caught:
            ask(who, {"type": "file", "file": {"file_id": name}})
        assert caught.value.code == "file_not_found"
