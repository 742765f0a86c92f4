"""What it costs to translate a stream, beside passing it on: processor time of the workers for each event."""

from accounts import processor_seconds
from report import Row
from simulated import gateway, read, request

EVENTS = 2_000
MOST = 1.5


def measure(quick):
    """Yields one row; both ways take turns."""
    rounds, streams = (3, 10) if quick else (6, 40)
    spent = {"same": 0.0, "other": 0.0}
    with gateway() as (port, workers):
        for model in spent:
            read(port, request(model, "sim:long"))
        for _ in range(rounds):
            for model in spent:
                before = processor_seconds(workers)
                for _ in range(streams):
                    read(port, request(model, "sim:long"))
                spent[model] += processor_seconds(workers) - before
    passed, translated = (spent[model] / rounds / streams / EVENTS * 1e6 for model in ("same", "other"))
    ratio = translated / passed
    yield Row("an event passed on, and one translated from Anthropic's dialect (processor time)", f"{passed:.1f} µs",
              f"{translated:.1f} µs", f"{ratio:.2f} times", f"at most {MOST}", ratio <= MOST)
