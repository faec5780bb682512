#!/usr/bin/env python3
"""`./troupe data prepare` against the `tokenizers` library's own batch encoding.

    pip install tokenizers numpy
    python deploy/src/main/python/bench_prepare.py --tokenizer tokenizer.json corpus.jsonl

Both have the same cores and the same documents (field "text" of each line). Of the library two
times are taken: of its encoding alone, with the documents in memory already, and of a whole program
that also reads the lines and writes the token file. `data prepare` is timed as a whole, with the
start of its process. The ratios are its bytes a second over the library's: above 1, it is faster.
The token files must be equal.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

BATCH = 1_000


def batches(corpus: Path) -> Iterator[list[str]]:
    batch = []
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            batch.append(json.loads(line)["text"])
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def encode(tokenizer: Tokenizer, corpus: Path, tokens: Path) -> tuple[float, float]:
    """Writes the tokens; returns the seconds of the encoding and of all."""
    fast = getattr(tokenizer, "encode_batch_fast", tokenizer.encode_batch)
    kind = np.uint16 if tokenizer.get_vocab_size() <= 1 << 16 else np.int32
    encoding, begin = 0.0, time.perf_counter()
    with tokens.open("wb") as out:
        for batch in batches(corpus):
            before = time.perf_counter()
            encoded = fast(batch, add_special_tokens=False)
            encoding += time.perf_counter() - before
            for each in encoded:
                out.write(np.array(each.ids, kind).tobytes())
    return encoding, time.perf_counter() - begin


def prepare(troupe: str, tokenizer: Path, corpus: Path, prefix: Path) -> float:
    command = [troupe, "data", "prepare", "--out", str(prefix), "--tokenizer", str(tokenizer)]
    command += ["--bos", "none", "--no-append-eos", str(corpus)]
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def same(one: Path, other: Path) -> bool:
    with one.open("rb") as a, other.open("rb") as b:
        while True:
            left, right = a.read(1 << 20), b.read(1 << 20)
            if left != right:
                return False
            if not left:
                return True


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--troupe", default="./troupe", help="the program. Default: ./troupe")
    parser.add_argument("--runs", type=int, default=1, help="of each; medians are shown")
    parser.add_argument("corpus", type=Path, help="JSONL with the field text")
    given = parser.parse_args()

    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    size = given.corpus.stat().st_size
    library = Tokenizer.from_file(str(given.tokenizer))
    library.encode_special_tokens = True  # in texts they are characters like others
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = Path(folder) / "theirs", Path(folder) / "ours"
        for _ in range(given.runs):  # alternating, so that noise hits both
            encoding, whole = encode(library, given.corpus, theirs)
            prepared = prepare(given.troupe, given.tokenizer, given.corpus, ours)
            if not same(theirs, ours.with_suffix(".bin")):
                raise SystemExit("the token files differ")
            for file in Path(folder).iterdir():
                file.unlink()
            rows.append((encoding, whole, prepared))
    encoding, whole, prepared = (statistics.median(column) for column in zip(*rows))
    print(f"{size / 1e6:,.0f} MB of JSONL, {len(os.sched_getaffinity(0))} cores")
    print(f"tokenizers, encoding alone      {encoding:8.1f} s  {size / encoding / 1e6:7.1f} MB/s")
    print(f"tokenizers, reading and writing {whole:8.1f} s  {size / whole / 1e6:7.1f} MB/s")
    print(f"troupe data prepare             {prepared:8.1f} s  {size / prepared / 1e6:7.1f} MB/s")
    print(f"ratio to the encoding alone {encoding / prepared:.2f}, to all {whole / prepared:.2f}")


if __name__ == "__main__":
    main()
