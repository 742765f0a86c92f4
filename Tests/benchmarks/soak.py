"""Many streams for a long time, clients leaving at random: memory, descriptors and threads must not grow."""

import concurrent.futures
import os
import random
import threading
import time

from accounts import memory
from report import Row
from simulated import gateway, read, request

STREAMS = 512
MOST_GROWTH = 0.05
# Kept connections to the vendor are closed after 55 s.
REST = 65


def sample(workers):
    """Private memory in MB, descriptors and threads of all workers."""
    return (sum(memory(worker, "Private_Clean", "Private_Dirty") for worker in workers),
            sum(len(os.listdir(f"/proc/{worker}/fd")) for worker in workers),
            sum(len(os.listdir(f"/proc/{worker}/task")) for worker in workers))


def measure(minutes):
    """Yields rows: the first minute's end beside the last one's, and what is left when all have gone."""
    with gateway() as (port, workers):
        # What a worker opens once and keeps, such as its databases, is no leak: each has answered before the first look.
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            list(pool.map(lambda number: read(port, request("same", f"number {number} sim:slow")), range(64)))
        time.sleep(REST)
        idle = sample(workers)
        stopping = threading.Event()
        counts = {"whole": 0, "left": 0, "failed": 0}

        def client(seed):
            choice = random.Random(seed)
            while not stopping.is_set():
                leaves = choice.random() < 0.5
                limit = choice.randrange(200, 2_500) if leaves else 1 << 30
                model = choice.choice(["same", "other"])
                try:
                    count = read(port, request(model, f"number {choice.random()} sim:slow"), lambda n: n >= limit)
                    counts["left" if count >= limit else "whole"] += 1
                except OSError:
                    counts["failed"] += 1

        clients = [threading.Thread(target=client, args=(number,), daemon=True) for number in range(STREAMS)]
        for thread in clients:
            thread.start()
        samples = []
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            time.sleep(5)
            samples.append(sample(workers))
        stopping.set()
        for thread in clients:
            thread.join(30)
        time.sleep(REST)
        after = sample(workers)
    early = samples[len(samples) // 5: 2 * len(samples) // 5] or samples
    late = samples[-len(early):]
    first, last = (max(entry[0] for entry in part) for part in (early, late))
    growth = last / first - 1
    yield Row(f"soak, {STREAMS} streams, {minutes:g} min: private memory early and late", f"{first:.1f} MB", f"{last:.1f} MB",
              f"{growth:+.1%}", f"at most {MOST_GROWTH:+.0%}", growth <= MOST_GROWTH)
    yield Row("soak: descriptors before and after", str(idle[1]), str(after[1]), "", "none left", after[1] <= idle[1] + 8)
    yield Row("soak: threads before and after", str(idle[2]), str(after[2]), "", "none left", after[2] <= idle[2])
    yield Row("soak: streams to their end, left early, failed", "",
              f"{counts['whole']}, {counts['left']}, {counts['failed']}", "", "none failed", counts["failed"] == 0)

