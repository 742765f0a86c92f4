"""Little pictures of any size, made byte by byte."""

import base64
import struct
import zlib


def png(width=3, height=2, tail=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\x7f" * width * 3 for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"") + tail)


def jpeg(width=3, height=2, tail=b""):
    profile = b"\xff\xe1" + struct.pack(">H", 60_000) + b"x" * 59_998
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\x01\x11\0\x02\x11\0\x03\x11\0"
    return b"\xff\xd8" + profile + frame + b"\xff\xda" + tail


def gif(width=3, height=2, tail=b""):
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;" + tail


def webp(width=3, height=2, tail=b""):
    data = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (width - 1).to_bytes(3, "little") \
        + (height - 1).to_bytes(3, "little") + b"\0" * 12
    return b"RIFF" + struct.pack("<I", len(data) + 4) + b"WEBP" + data + tail


def uri(content, kind="image/png"):
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def part(url, **more):
    return {"type": "image_url", "image_url": {"url": url, **more}}


def text(words):
    return {"type": "text", "text": words}
