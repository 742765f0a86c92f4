#!/usr/bin/env python3
"""Compares the program's token counts with tiktoken's on texts that are made here, from fixed seeds.

    compare.py PROBE        PROBE is the built TokenProbe

Needs the package tiktoken; ends with 1 and shows the shortest texts on which the two differ.
"""

import os
import random
import sys
import time

import reference
from reference import CODE, NAMES, PROSE, long_prose

# Characters at which the regular expressions decide: a few of each class, and those with a part of their own.
EDGES = list("aZsStTmMdDlLvVeErR'’/ \t\n\r09.,!-_\"(") + [
    "\u017f", "\u212a", "\u01c5", "\u02b0", "\u00aa", "\u4e2d", "\u0301", "\u20dd", "\u0903", "\u0661", "\u2160",
    "\u00bd", "\u00a0", "\u0085", "\u000b", "\u000c", "\u001c", "\u180e", "\u200b", "\u200d", "\u2028", "\u2029", "\u3000", "\ufe0f",
    "\u00df", "\u0416", "\u0436", "\ufeff", "\ufffd", "\U0001f600", "\U0001d7d8", "\U00010400", "\U00010428", "\x00",
    "\U0010ffff", "\ue000",
]
CONTRACTIONS = ["'s", "'S", "'\u017f", "'t", "'re", "'RE", "'rE", "'ve", "'m", "'ll", "'Ll", "'d", "'x", "'l", "'r"]
SPECIAL = ["<|endoftext|>", "<|fim_prefix|>", "<|endofprompt|>", "<|im_start|>user"]


def scalar(generator):
    while True:
        point = generator.choice((0x80, 0x800, 0x3000, 0x10000, 0x20000, 0x110000))
        point = generator.randrange(point)
        if not 0xD800 <= point < 0xE000:
            return chr(point)


def every_code_point():
    """Each code point where its class decides: alone, in front of, within and behind letters, numbers, blanks."""
    forms = ("%s", "a%sb", "A%sB", " %s!", "1%s23", " %s ", "\n%s\n", "!%sa%s'sA")
    for form in forms:
        for start in range(0, 0x110000, 0x400):
            if 0xD800 <= start < 0xE000:
                continue
            yield "|\n".join(form.replace("%s", chr(point)) for point in range(start, start + 0x400))


def random_texts(generator):
    for _ in range(40000):
        yield "".join(generator.choice(EDGES) for _ in range(generator.randrange(1, 14)))
    for _ in range(10000):
        parts = [generator.choice(CONTRACTIONS + SPECIAL + EDGES) for _ in range(generator.randrange(1, 9))]
        yield "".join(parts)
    words = [word for text in [*PROSE.values(), CODE] for word in text.split(" ")]
    for _ in range(4000):
        parts = [generator.choice(words) + generator.choice(("", " ", "  ", "\n", "\t", "\r\n")) for _ in range(20)]
        yield "".join(parts)
    for _ in range(2000):
        yield "".join(scalar(generator) for _ in range(generator.randrange(1, 200)))
    for length in (10, 100, 1000, 20000):
        for _ in range(20):
            yield generator.randbytes(length).decode(errors="replace")
            yield generator.randbytes(length).decode("latin-1")


def runs(generator):
    """Long runs, around the lengths at which an implementation may change its way of merging."""
    units = ["a", "A", " ", "\n", "\t", "-", "=", ".", "0", "é", "中", "😀", "\u0301", "ab", "aB", "' ", " \n", "/", "\r\n", "的", "ё"]
    for unit in units:
        for length in [*range(1, 40), *range(60, 70), *range(95, 105), *range(124, 133), *range(250, 260), 500, 1000, 4999]:
            yield unit * length
            yield unit * length + "x"
            yield "x" + unit * length
    for length in (200, 256, 257, 300, 1000, 10000):
        for _ in range(20):
            yield "".join(generator.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(length))
            yield "".join(generator.choice("etaoin") for _ in range(length))
            yield "".join(generator.choice("的一是不了人我在有他这为之大来以个中上们") for _ in range(length // 3))


def big(generator):
    """Texts of a megabyte, most of them without a blank."""
    for kind in ("english", "code", "chinese", "cyrillic", "emoji", "hindi"):
        yield long_prose(kind, 1 << 20)
    yield "a" * (1 << 20)
    yield "".join(generator.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(1 << 20))
    yield "".join(generator.choice("的一是不了人我在有他这为之大来以个中上们") for _ in range(1 << 18))
    yield "-" * (1 << 20)
    yield "0" * (1 << 20)
    yield "A" * (1 << 20)
    yield generator.randbytes(1 << 20).decode(errors="replace")


def compare(program, name, kind, texts):
    started, texts = time.monotonic(), list(texts)
    ours = [int(line) for line in reference.probe(program, name, texts, "count")]
    encoding = reference.encoding(name)
    theirs = [len(encoding.encode_ordinary(text)) for text in texts]
    wrong = [(len(text), text, our, their) for text, our, their in zip(texts, ours, theirs) if our != their]
    if len(ours) != len(texts):
        wrong.append((0, "", len(ours), len(texts)))
    print("%-12s %-12s %6d texts, %d differ, %.1f s" % (name, kind, len(texts), len(wrong), time.monotonic() - started))
    for _, text, our, their in sorted(wrong)[:5]:
        print("    %r: %d, the reference says %d" % (text[:80], our, their))
    return not wrong


def compose(program, name):
    """A megabyte of blanks is more than the reference can take: compare with the pieces that it must be cut to."""
    whole, unit, encoding = " " * (1 << 20), " " * 4096, reference.encoding(name)
    try:
        encoding.encode_ordinary(whole)
        print("%-12s the reference now takes a megabyte of blanks" % name)
    except BaseException as error:  # A panic of the reference's is no Exception.
        print("%-12s the reference fails on a megabyte of blanks: %s" % (name, str(error)[:80]))
    ours = [int(line) for line in reference.probe(program, name, [whole, unit, whole + "x"], "count")]
    expected = len(encoding.encode_ordinary(unit)) * 256
    print("%-12s a megabyte of blanks: %d, composed %d" % (name, ours[0], expected))
    return ours[0] == expected


def main():
    os.environ["RUST_BACKTRACE"] = "0"
    program, good = sys.argv[1], True
    for name in NAMES:
        for kind, texts in (
            ("code points", every_code_point()),
            ("random", random_texts(random.Random(7))),
            ("runs", runs(random.Random(8))),
            ("big", big(random.Random(9))),
        ):
            good = compare(program, name, kind, texts) and good
        good = compose(program, name) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
