"""Limits hold over all worker processes, tell the client what it needs to know, and fail as configured."""

import concurrent.futures
import itertools
import json

import openai
import pytest

from gateway import fresh_key, wait_until

CHAT = "/v1/chat/completions"
CLIENTS = 8
_addresses = itertools.count(1)


@pytest.fixture
def limited(run):
    """Starts a gateway with limits, which takes a client's address from X-Forwarded-For."""
    def start(requests=0, tokens=0, failed=0, trusted="127.0.0.1", **settings):
        return run(settings={
            "MARTLET_LIMITS_REQUESTS_PER_MINUTE": str(requests), "MARTLET_LIMITS_TOKENS_PER_MINUTE": str(tokens),
            "MARTLET_LIMITS_FAILED_AUTHENTICATION_PER_MINUTE": str(failed),
            "MARTLET_SERVER_TRUSTED_PROXIES": trusted, **settings}).wait_ready()
    return start


def fresh_address():
    """An address that no limit knows yet (RFC 5737)."""
    return f"198.51.100.{next(_addresses)}"


def ask(gateway, prompt="Hello", key=None, address=None, **more):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": prompt}], **more}
    return gateway.request("POST", CHAT, json.dumps(body), {
        "Authorization": f"Bearer {key or fresh_key()}", "Content-Type": "application/json",
        "X-Forwarded-For": address or fresh_address()})


def hammer(gateway, times, **more):
    """Asks from several clients at once; returns the answers."""
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(lambda _: ask(gateway, **more), range(times)))


def statuses(answers):
    return [status for status, _, _ in answers]


def error_of(answer):
    status, fields, body = answer
    assert fields["Content-Type"].startswith("application/json")
    error = json.loads(body)["error"]
    assert {"message", "type", "param", "code"} <= error.keys()
    return error


def seconds(text):
    """OpenAI's spelling of a duration: `12ms`, `1.5s`, `6m0s`."""
    if text.endswith("ms"):
        return float(text[:-2]) / 1000
    minutes, _, rest = text.rpartition("m")
    return float(minutes or 0) * 60 + float(rest.removesuffix("s"))


def test_exactly_as_many_requests_of_a_key_pass_as_allowed(limited):
    gateway = limited(requests=60)
    key = fresh_key()
    answers = hammer(gateway, 100, key=key)
    assert sorted(statuses(answers)) == [200] * 60 + [429] * 40
    assert gateway.simulator()["chat_requests"] == 60
    # Every admitted request was told another remainder: no two were counted as one.
    told = [int(fields["x-ratelimit-remaining-requests"]) for status, fields, _ in answers if status == 200]
    assert sorted(told) == list(range(60))
    # Another caller is not concerned.
    assert ask(gateway)[0] == 200


def test_a_refusal_tells_when_to_come_back(limited):
    gateway = limited(requests=3)
    key, address = fresh_key(), fresh_address()
    for left in [2, 1, 0]:
        status, fields, _ = ask(gateway, key=key, address=address)
        assert status == 200
        assert fields["x-ratelimit-limit-requests"] == "3"
        assert fields["x-ratelimit-remaining-requests"] == str(left)
        assert 0 < seconds(fields["x-ratelimit-reset-requests"]) <= 60
        assert fields["x-ratelimit-limit-tokens"] is None, "there is no limit of tokens to tell of"
    for stream in [False, True]:
        answer = ask(gateway, key=key, address=address, stream=stream)
        assert answer[0] == 429
        error = error_of(answer)
        assert (error["type"], error["code"], error["param"]) == ("rate_limit_error", "rate_limit_exceeded", None)
        assert "limit 3" in error["message"]
        fields = answer[1]
        milliseconds = int(fields["retry-after-ms"])
        assert 0 < milliseconds <= 60_000
        assert int(fields["Retry-After"]) == -(-milliseconds // 1000)
        assert fields["x-ratelimit-remaining-requests"] == "0"
        assert fields["x-should-retry"] != "false"
        assert key not in error["message"]


def test_a_streamed_answer_tells_its_limits_too(limited):
    gateway = limited(requests=3, tokens=5_000)
    status, fields, body = ask(gateway, stream=True)
    assert status == 200 and b"[DONE]" in body
    assert fields["x-ratelimit-remaining-requests"] == "2"
    assert 0 < int(fields["x-ratelimit-remaining-tokens"]) < 5_000


def test_invented_keys_buy_nothing(limited):
    gateway = limited(requests=20)
    answers = hammer(gateway, 40, address=fresh_address())
    assert statuses(answers).count(200) == 20
    assert "address" in error_of(next(answer for answer in answers if answer[0] == 429))["message"]


def test_invented_addresses_buy_nothing(limited):
    gateway = limited(requests=20, trusted="")
    # Nobody is trusted: what the field says does not count.
    assert statuses(hammer(gateway, 40)).count(200) == 20


def test_what_never_reaches_the_vendor_is_not_counted(limited):
    gateway = limited(requests=3)
    key, address = fresh_key(), fresh_address()
    for _ in range(5):
        assert ask(gateway, key=key, address=address, temperature=9)[0] == 400
        assert ask(gateway, key=key, address=address, model="no-such-model")[0] == 404
        assert gateway.request("GET", "/v1/models", fields={"X-Forwarded-For": address})[0] == 200
    assert [ask(gateway, key=key, address=address)[0] for _ in range(4)] == [200, 200, 200, 429]


def test_tokens_are_limited(limited):
    gateway = limited(tokens=1_100)
    key, address = fresh_key(), fresh_address()
    answers = []
    while not answers or answers[-1][0] == 200:
        assert len(answers) < 20
        answers.append(ask(gateway, "word " * 200, key=key, address=address))
    # Each takes 200 tokens and a few for its answer.
    assert 3 <= len(answers) - 1 <= 5
    left = [int(fields["x-ratelimit-remaining-tokens"]) for _, fields, _ in answers]
    assert left == sorted(left, reverse=True)
    status, fields, _ = answers[-1]
    assert status == 429
    assert "tokens" in error_of(answers[-1])["message"]
    assert fields["x-ratelimit-limit-tokens"] == "1100"
    assert 0 < int(fields["retry-after-ms"]) <= 60_000
    # A short one still fits.
    assert ask(gateway, "Hi", key=key, address=address)[0] == 200


def test_tokens_are_limited_over_all_workers(limited):
    gateway = limited(tokens=2_000)
    answers = hammer(gateway, 40, prompt="word " * 200, key=fresh_key())
    assert 1 <= statuses(answers).count(200) <= 10


def test_a_request_larger_than_the_limit_is_told_not_to_come_back(limited):
    gateway = limited(tokens=100)
    answer = ask(gateway, "word " * 1_000)
    assert answer[0] == 429
    assert "100" in error_of(answer)["message"]
    assert answer[1]["Retry-After"] is None and answer[1]["retry-after-ms"] is None
    assert answer[1]["x-should-retry"] == "false"


def test_what_the_vendor_reports_takes_the_place_of_the_estimate(limited):
    gateway = limited(tokens=10_000)
    key, address = fresh_key(), fresh_address()
    _, _, body = ask(gateway, key=key, address=address)
    used = json.loads(body)["usage"]["total_tokens"]
    # A failure took nothing.
    assert ask(gateway, "sim:busy", key=key, address=address)[0] == 502
    _, fields, body = ask(gateway, "Hello", key=key, address=address)
    estimate = 10_000 - int(fields["x-ratelimit-remaining-tokens"]) - used
    assert 0 < estimate < 20


def test_the_sdk_waits_as_long_as_it_is_told(limited, monkeypatch):
    gateway = limited(requests=1)
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{gateway.port}/v1", api_key=fresh_key(), max_retries=1)
    waits = []
    # The SDK's own reckoning, without the wait.
    reckon = client._calculate_retry_timeout

    def note(remaining, options, headers=None):
        waits.append((reckon(remaining, options, headers), headers["retry-after-ms"]))
        return 0

    monkeypatch.setattr(client, "_calculate_retry_timeout", note)
    messages = [{"role": "user", "content": "Hello"}]
    client.chat.completions.create(model="gpt-4o-mini", messages=messages)
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(model="gpt-4o-mini", messages=messages)
    assert caught.value.code == "rate_limit_exceeded"
    ((wait, told),) = waits
    assert wait == int(told) / 1000
    assert 0 < wait <= 60


def test_refused_keys_bar_their_address(limited):
    gateway = limited(failed=20)
    address = fresh_address()
    answers = hammer(gateway, 60, key="bad-guess", address=address)
    # Whoever was asked before the last refusal was counted may still try; no more than clients at once.
    refused = statuses(answers).count(401)
    assert 20 <= refused < 20 + CLIENTS
    assert statuses(answers).count(429) == 60 - refused
    answer = ask(gateway, key="bad-another-guess", address=address)
    assert answer[0] == 429
    assert error_of(answer)["code"] == "too_many_failed_authentications"
    assert 0 < int(answer[1]["retry-after-ms"]) <= 60_000
    # Elsewhere nobody is barred.
    assert ask(gateway)[0] == 200
    assert ask(gateway, key="bad-guess")[0] == 401


def test_refused_keys_are_not_barred_without_a_limit(limited):
    gateway = limited(failed=0)
    assert statuses(hammer(gateway, 40, key="bad-guess", address=fresh_address())) == [401] * 40


def complaints(gateway):
    return [line for line in (gateway.state / "log/martlet.log").read_text().splitlines() if "limits cannot be counted" in line]


def test_a_damaged_database_lets_requests_pass_and_heals(limited):
    gateway = limited(requests=30)
    key, address = fresh_key(), fresh_address()
    assert ask(gateway, key=key, address=address)[1]["x-ratelimit-limit-requests"] == "30"
    (database,) = (gateway.state / "run").glob("windows-*.db")
    garbage = gateway.state / "garbage"
    garbage.write_bytes(b"This is no database. " * 1_000)
    garbage.chmod(0o666)
    for path in (gateway.state / "run").glob("windows-*.db-*"):
        path.unlink()
    garbage.replace(database)
    answers = hammer(gateway, 60, key=key, address=address)
    assert statuses(answers) == [200] * 60
    wait_until(lambda: complaints(gateway), 5, "the log says so")
    assert len(complaints(gateway)) <= 2, "each worker says so once a minute"
    assert '"level":"error"' in complaints(gateway)[0]

    database.unlink()
    assert statuses(hammer(gateway, 60, key=key, address=address)).count(200) == 30


@pytest.mark.parametrize("effect, status", [("open", 200), ("closed", 503)])
def test_a_database_out_of_reach_has_the_configured_effect(limited, effect, status):
    gateway = limited(requests=30, MARTLET_DATABASE_WINDOWS="sqlite:/proc/nowhere",
                      MARTLET_LIMITS_ON_STORE_FAILURE=effect)
    answers = hammer(gateway, 40)
    assert statuses(answers) == [status] * 40
    wait_until(lambda: complaints(gateway), 5, "the log says so")
    assert len(complaints(gateway)) <= 2
    if effect == "closed":
        assert error_of(answers[0])["code"] == "service_unavailable"
        assert int(answers[0][1]["Retry-After"]) > 0
        assert b"/proc" not in answers[0][2]
        assert gateway.simulator()["chat_requests"] == 0
