"""Token files between Troupe and Megatron-LM, with Megatron-LM's own code on one side.

    python deploy/src/main/python/megatron_data.py --megatron CHECKOUT write FOLDER
    python deploy/src/main/python/megatron_data.py --megatron CHECKOUT read PREFIX [PREFIX ...]

CHECKOUT is a clone of https://github.com/NVIDIA/Megatron-LM; needs torch and numpy.

`write` makes the fixtures that Troupe's tests read (gpu-actor/src/test/resources/megatron): a pair
for each type of element, one whose documents have several sequences, one that two others were merged
into, and one with modes (multimodal), which Troupe refuses as it does the floating-point ones.
`documents.json` says what each holds.

`read` opens pairs that Troupe wrote, reads every sequence in each of the ways that Megatron-LM has,
compares the counts with PREFIX.json where `troupe data prepare` left one, and prints a line a pair
with the SHA-256 of the tokens as little-endian int32.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import sys
import types
from pathlib import Path

try:
    import numpy as np
    import torch
except ImportError as missing:
    print(f"megatron_data.py needs {missing.name}: pip install torch numpy", file=sys.stderr)
    sys.exit(2)

NUMBERS = ["uint8", "int8", "int16", "int32", "int64", "uint16"]
FRACTIONS = ["float32", "float64"]


def indexed_dataset(checkout: Path) -> types.ModuleType:
    """Megatron-LM's module, without the packages around it, which need much more to be installed."""
    core = checkout / "megatron" / "core"
    if not (core / "datasets" / "indexed_dataset.py").is_file():
        sys.exit(f"{checkout} has no megatron/core/datasets/indexed_dataset.py; clone Megatron-LM")
    for name, folder in [
        ("megatron", core.parent),
        ("megatron.core", core),
        ("megatron.core.datasets", core / "datasets"),
    ]:
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    utilities = types.ModuleType("megatron.core.utils")
    utilities.log_single_rank = lambda logger, level, *text, **more: logger.log(level, *text)
    sys.modules[utilities.__name__] = utilities
    return importlib.import_module("megatron.core.datasets.indexed_dataset")


def documents(kind: str) -> list[list[list[int]]]:
    """Documents of sequences: the type's extremes, an empty document, an odd number of tokens."""
    if kind in FRACTIONS:
        return [[[1, 2, 3]]]
    limits = np.iinfo(kind)
    low, high = max(limits.min, -(2**31)), min(limits.max, 2**31 - 1)
    return [[[1, 2, 3, low, high]], [[]], [[5]], [[high, 0, 7, 9, 11, 100, low]]]


def build(megatron, prefix: Path, kind: str, content, multimodal=False) -> None:
    builder = megatron.IndexedDatasetBuilder(
        f"{prefix}.bin", dtype=getattr(np, kind), multimodal=multimodal
    )
    for sequences in content:
        for sequence in sequences:
            builder.add_item(torch.tensor(sequence, dtype=torch.int64), 1 if multimodal else 0)
        builder.end_document()
    builder.finalize(f"{prefix}.idx")


def write(megatron, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    held = {}
    for kind in NUMBERS + FRACTIONS:
        build(megatron, folder / kind, kind, documents(kind))
        if kind in NUMBERS:
            held[kind] = documents(kind)
    held["sentences"] = [[[1, 2], [3], [], [4, 5, 6]], [[7]], [[8, 9], [10]]]
    build(megatron, folder / "sentences", "uint16", held["sentences"])
    build(megatron, folder / "multimodal", "int32", [[[1, 2], [3]]], multimodal=True)

    # Whole documents at once, then two datasets after them, as tools/merge_datasets.py does.
    merged = megatron.IndexedDatasetBuilder(f"{folder / 'merged'}.bin", dtype=np.uint16)
    merged.add_document(torch.tensor([21, 22, 23]), [1, 2])
    held["merged"] = [[[21], [22, 23]]]
    for part in ["sentences", "uint16"]:
        merged.add_index(str(folder / part))
        held["merged"] += held[part]
    merged.finalize(f"{folder / 'merged'}.idx")
    (folder / "documents.json").write_text(json.dumps(held, indent=1) + "\n")


def read(megatron, prefix: str) -> None:
    mapped = megatron.IndexedDataset(prefix)
    filed = megatron.IndexedDataset(prefix, mmap=False)
    digest = hashlib.sha256()
    tokens = 0
    for i in range(len(mapped)):
        sequence = mapped[i]
        assert np.array_equal(sequence, filed[i]), f"{prefix}: sequence {i} differs unmapped"
        assert np.array_equal(sequence, mapped.get(i)), f"{prefix}: sequence {i} differs by get"
        digest.update(sequence.astype("<i4").tobytes())
        tokens += len(sequence)
    ends = mapped.document_indices
    assert ends[0] == 0 and ends[-1] == len(mapped), f"{prefix}: documents {ends}"
    count = len(ends) - 1
    size = Path(prefix + ".bin").stat().st_size
    assert size == tokens * mapped.index.dtype_size, f"{prefix}: .bin has {size} bytes"
    described = Path(prefix + ".json")
    if described.exists():
        meta = json.loads(described.read_text())
        assert (meta["documents"], meta["tokens"]) == (count, tokens), f"{described}: {meta}"
    kind = mapped.index.dtype.__name__
    print(f"{prefix}: {count} documents, {len(mapped)} sequences, {tokens} tokens, {kind}, "
          f"sha256 {digest.hexdigest()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megatron", type=Path, required=True, help="clone of Megatron-LM")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("write").add_argument("folder", type=Path)
    verbs.add_parser("read").add_argument("prefix", nargs="+")
    arguments = parser.parse_args()
    megatron = indexed_dataset(arguments.megatron)
    if arguments.verb == "write":
        write(megatron, arguments.folder)
    else:
        for prefix in arguments.prefix:
            read(megatron, prefix)


if __name__ == "__main__":
    main()
