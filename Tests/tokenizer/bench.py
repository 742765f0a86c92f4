#!/usr/bin/env python3
"""Measures the program's token counting beside tiktoken's, on one thread each, same texts, same run.

    bench.py PROBE [ROUNDS]     PROBE is TokenProbe, built for release

The two take turns, and each one's best time counts: other work on the machine only ever slows down.
tiktoken also builds the list of tokens, which is the only way that it has to count them.
"""

import os
import random
import sys
import time
from pathlib import Path

import reference
from reference import NAMES, long_prose

KINDS = ("english", "code", "german", "chinese", "cyrillic", "emoji", "japanese", "korean", "arabic", "hindi", "thai")


def reference_time(encoding, text):
    start = time.perf_counter()
    tokens = encoding.encode_ordinary(text)
    return time.perf_counter() - start, len(tokens)


def measure(program, rounds):
    texts = {kind: long_prose(kind, 1 << 20) for kind in KINDS}
    texts["manual"] = topics()
    texts["real code"] = standard_library(1 << 20)
    texts["random chinese"] = random_chinese(1 << 20)
    texts["random letters"] = long_letters(1 << 20)
    texts["one letter"] = "a" * (1 << 20)
    texts["short english"] = long_prose("english", 200)
    print("%-12s %-15s %10s %14s %8s" % ("vocabulary", "text", "ours MB/s", "tiktoken MB/s", "ratio"))
    for name in NAMES:
        encoding, best = reference.encoding(name), {}
        for _ in range(rounds):
            ours = reference.probe(program, name, texts.values(), "time", "3")
            for (kind, text), line in zip(texts.items(), ours):
                count, nanoseconds = line.split()
                their_time, their_count = reference_time(encoding, text)
                if int(count) != their_count:
                    raise SystemExit("%s %s: %s tokens, the reference says %d" % (name, kind, count, their_count))
                our_time = float(nanoseconds) / 1e9
                before = best.get(kind, (our_time, their_time))
                best[kind] = (min(before[0], our_time), min(before[1], their_time))
        for kind, (our_time, their_time) in best.items():
            size = len(texts[kind].encode()) / 1e6
            rates = (size / our_time, size / their_time, their_time / our_time)
            print("%-12s %-15s %10.1f %14.1f %8.1f" % (name, kind, *rates))
        print("%-12s table opened in %.1f us" % (name, float(ours[-1].split()[1]) / 1e3))


def topics():
    """English that people wrote, with many different words: the language's own manual."""
    from pydoc_data.topics import topics

    return "\n".join(topics.values())


def standard_library(size):
    """Code that people wrote: the standard library's modules."""
    folder = Path(os.__file__).parent
    return "".join(path.read_text(errors="replace") for path in sorted(folder.glob("[a-m]*.py")))[:size]


def random_chinese(size):
    """Clauses of common characters in no order, so that hardly any piece comes twice."""
    generator, characters = random.Random(4), "".join(c for c in long_prose("chinese", 4000) if c > "\u3400")
    clauses = ("".join(generator.choice(characters) for _ in range(generator.randrange(3, 20))) for _ in range(size // 36))
    return "，".join(clauses)


def long_letters(size):
    generator = random.Random(3)
    return "".join(generator.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(size))


if __name__ == "__main__":
    measure(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5)
