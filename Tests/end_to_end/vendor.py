"""A vendor that answers as badly as it is told, byte by byte."""

import contextlib
import json
import re
import socket
import struct
import threading
import time


def record(text="Hello.", usage=(7, 3), **more):
    """1min.ai's account of an answer."""
    return {"aiRecord": {"status": "SUCCESS", "metadata": {"inputToken": usage[0], "outputToken": usage[1]},
                         "aiRecordDetail": {"resultObject": [text]}, **more}}


def whole(value, status="200 OK", kind="application/json", fields=()):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def event(name, value):
    return f"event: {name}\ndata: {json.dumps(value)}\n\n".encode()


def piece(text):
    return event("content", {"content": text})


GOOD = STREAM + piece("Hello") + piece(".") + event("result", record()) + event("done", {})


class Vendor:
    """Listens on a port of its own. `do:NAME` in a prompt chooses what `scripts[NAME]` says to send.

    A script is bytes, or a function of the connection that sends, waits and closes as it likes. `always` answers
    whatever no script is chosen for.
    """

    def __init__(self, always=None, **scripts):
        self.scripts = scripts
        self.always = always
        self.asked = []
        self.hung_up = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.origin = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        # A shut down socket wakes whoever accepts.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection):
        with connection, contextlib.suppress(OSError):
            connection.settimeout(60)
            head, _, body = self._read(connection)
            self.asked.append(head.split(b"\r\n")[0].decode())
            found = re.search(rb"do:([a-z0-9-]+)", body)
            script = self.scripts.get(found[1].decode()) if found else self.always
            if script is None:
                streams = b"isStreaming=true" in head
                connection.sendall(GOOD if streams else whole(record(), fields=["Connection: close"]))
            elif isinstance(script, bytes):
                connection.sendall(script)
            else:
                script(self, connection)

    @staticmethod
    def _read(connection):
        text = b""
        while b"\r\n\r\n" not in text:
            got = connection.recv(65_536)
            if not got:
                return text, b"", b""
            text += got
        head, separator, body = text.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while length and len(body) < int(length[1]):
            body += connection.recv(65_536)
        return head, separator, body

    def wait_for_hang_up(self, connection, seconds):
        """Whether the other side closes the connection within a time; also said by `hung_up`."""
        connection.settimeout(seconds)
        try:
            gone = connection.recv(1) == b""
        except TimeoutError:
            gone = False
        except OSError:
            gone = True
        if gone:
            self.hung_up.set()
        return gone


def reset(connection):
    """Ends a connection with a reset instead of a farewell."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def endless(connection, head, part, interval=0.02):
    """Sends without an end, until the other side hangs up."""
    connection.sendall(head)
    while True:
        connection.sendall(part)
        time.sleep(interval)
