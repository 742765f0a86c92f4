"""Little pictures and sounds, and a gateway for the tests that use them."""

import struct
import zlib

import httpx
import openai

from gateway import fresh_key


def png(width=4, height=4):
    """A real picture, all red."""
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    rows = (b"\0" + b"\xff\0\0" * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def wave(seconds=0.5):
    """A real sound: silence at 8,000 bytes a second."""
    samples = b"\x80" * int(8_000 * seconds)
    return (b"RIFF" + struct.pack("<I", 36 + len(samples)) + b"WAVEfmt "
            + struct.pack("<IHHIIHH", 16, 1, 1, 8_000, 8_000, 1, 8) + b"data" + struct.pack("<I", len(samples)) + samples)


def client_of(gateway, scenario="", kind=openai.OpenAI, **more):
    """An SDK's client; a scenario in its key reaches the simulator where a request has no text."""
    key = f"{fresh_key()}_sim:{scenario}" if scenario else fresh_key()
    return kind(base_url=f"http://127.0.0.1:{gateway.port}/v1", api_key=key, max_retries=0, **more)


def fetch(address):
    answer = httpx.get(address, trust_env=False)
    assert answer.status_code == 200, address
    return answer.content
