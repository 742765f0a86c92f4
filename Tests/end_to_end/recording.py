"""Writes down what the tests send and receive, for the search for secrets behind the run: see `Tests/checks/secrets`."""

import itertools
import os
import pathlib
import socket
import subprocess
import weakref

# Of what is sent in one piece; credentials stand in heads and small bodies.
LONGEST = 65_536

_numbers = itertools.count(1)


def begin(folder, with_requests=True):
    """Records every connection that this process makes from now on, and what the programs say that it runs.

    One file for each connection, of the same name in `requests` and `answers`.
    """
    folder = pathlib.Path(folder)
    for name in ("requests", "answers"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    names = weakref.WeakKeyDictionary()

    def write(kind, name, piece):
        with open(folder / kind / name, "ab") as file:
            file.write(piece)

    def sent(connection, piece):
        if with_requests and connection in names:
            write("requests", names[connection], memoryview(piece).cast("B")[:LONGEST])

    def received(connection, piece):
        if piece and connection in names:
            write("answers", names[connection], piece)

    # Sockets that were accepted are the tests' own vendors.
    plain = socket.socket
    connect, send, sendall, recv, recv_into = plain.connect, plain.send, plain.sendall, plain.recv, plain.recv_into

    def connect_and_note(self, address):
        names.setdefault(self, f"{os.getpid()}-{next(_numbers)}")
        return connect(self, address)

    def send_and_note(self, piece, *more):
        sent(self, piece)
        return send(self, piece, *more)

    def sendall_and_note(self, piece, *more):
        sent(self, piece)
        return sendall(self, piece, *more)

    def recv_and_note(self, *arguments):
        piece = recv(self, *arguments)
        received(self, piece)
        return piece

    def recv_into_and_note(self, buffer, *more):
        count = recv_into(self, buffer, *more)
        received(self, memoryview(buffer).cast("B")[:count])
        return count

    plain.connect, plain.send, plain.sendall = connect_and_note, send_and_note, sendall_and_note
    plain.recv, plain.recv_into = recv_and_note, recv_into_and_note

    run = subprocess.run

    def run_and_note(*arguments, **more):
        done = run(*arguments, **more)
        name = f"program-{os.getpid()}-{next(_numbers)}"
        for kind, text in [("answers", done.stdout), ("answers", done.stderr), ("requests", more.get("input"))]:
            if text:
                write(kind, name, text if isinstance(text, bytes) else text.encode())
        return done

    subprocess.run = run_and_note
