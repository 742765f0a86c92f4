"""What the clients of a benchmark send: one chat to Martlet, and the same to the upstream itself."""

import json

MARTLET = "/v1/chat/completions"
# The same with a vendor who speaks the client's own dialect: nothing is translated.
PASSED = "/canned/v1/chat/completions"
# The same with keys that are issued here: authenticated, money set aside and booked, a row of usage for each.
BOOKED = PASSED + "?booked"
DIRECT = "/direct/api/chat-with-ai"


def body(path, stream=False):
    """The body of a request in the dialect of its receiver."""
    prompt = "Say hello to everyone who waits for an answer."
    if path in (MARTLET, PASSED, BOOKED):
        chat = {"model": "gpt-4o-mini" if path == MARTLET else "canned", "stream": stream, "messages": [{"role": "user", "content": prompt}]}
    else:
        chat = {"type": "UNIFY_CHAT_WITH_AI", "model": "gpt-4o-mini", "promptObject": {"prompt": prompt}}
    return json.dumps(chat)


def stream_request(path):
    """A whole HTTP request for a stream."""
    text = body(path, stream=True)
    query = "" if path == MARTLET else "?isStreaming=true"
    return (f"POST {path}{query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer bench-key\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}")
