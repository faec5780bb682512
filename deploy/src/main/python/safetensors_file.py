"""A writer of the safetensors format whose bytes depend on its input alone.

The library's own writer puts the header's metadata in a random order.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

_TYPES = {"float64": "F64", "float32": "F32", "int32": "I32"}


def save(path: Path, tensors: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    """Writes tensors, widest type first so that each is aligned, then by name."""
    header: dict[str, object] = {"__metadata__": dict(sorted(metadata.items()))}
    offset = 0
    ordered = sorted(tensors.items(), key=lambda item: (-item[1].itemsize, item[0]))
    for name, array in ordered:
        header[name] = {
            "dtype": _TYPES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + array.nbytes],
        }
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for _, array in ordered:
            file.write(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes())
