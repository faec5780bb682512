"""Makes the PyTorch fixture of attention within packed documents.

    python deploy/src/main/python/make_attention_fixture.py [--out FOLDER]

Needs torch and numpy; the test needs neither, for the file is committed (default folder:
gpu-actor/src/test/resources/parity). It is in the safetensors format and holds, float32 but for
first_keys, B sequences of T tokens with h query heads on g key/value heads of d columns:

    q, dout          [B * T, h * d]
    k, v             [B * T, g * d]
    first_keys       I32 [B * T]: the place of each token's document in its sequence
    out, dq          [B * T, h * d]: scaled_dot_product_attention with a block-diagonal causal mask
    dk, dv           [B * T, g * d]: and its gradients, computed in float64 and rounded once
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

try:
    import numpy as np
    import torch
except ImportError as missing:
    print(f"make_attention_fixture.py needs {missing.name}: pip install torch numpy", file=sys.stderr)
    sys.exit(2)

import safetensors_file

DEFAULT_OUT = Path(__file__).resolve().parents[4] / "gpu-actor/src/test/resources/parity"

SEQUENCES, LENGTH, HEADS, KV_HEADS, HEAD_DIM = 2, 150, 4, 2, 6

# Lengths of the documents of each sequence; the last is cut at the sequence's end.
DOCUMENTS = [[1, 3, 70, 1, 30, 60], [90, 2, 40, 20]]


def first_keys() -> torch.Tensor:
    rows = []
    for lengths in DOCUMENTS:
        starts, start = [], 0
        for length in lengths:
            starts += [start] * length
            start += length
        rows.append(starts[:LENGTH])
    return torch.tensor(rows, dtype=torch.int32)


def by_head(matrix: torch.Tensor, heads: int) -> torch.Tensor:
    """[B * T, heads * d] as [B, heads, T, d]."""
    return matrix.view(SEQUENCES, LENGTH, heads, HEAD_DIM).transpose(1, 2)


def make(out: Path) -> None:
    torch.manual_seed(30)
    rows, wide, narrow = SEQUENCES * LENGTH, HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM
    single = {n: torch.randn(rows, wide) for n in ("q", "dout")}
    single |= {n: torch.randn(rows, narrow) for n in ("k", "v")}
    q, k, v = (single[n].double().requires_grad_() for n in ("q", "k", "v"))
    firsts = first_keys()
    place = torch.arange(LENGTH)
    # [B, 1, query, key]: not after the query, and in its document
    mask = (place[None, :] <= place[:, None])[None] & (place[None, None, :] >= firsts[:, :, None])
    result = torch.nn.functional.scaled_dot_product_attention(
        by_head(q, HEADS),
        by_head(k, KV_HEADS),
        by_head(v, KV_HEADS),
        attn_mask=mask[:, None],
        enable_gqa=True,
    )
    result = result.transpose(1, 2).reshape(rows, wide)
    result.backward(single["dout"].double())
    single |= {"out": result, "dq": q.grad, "dk": k.grad, "dv": v.grad}
    tensors = {name: t.detach().float().numpy() for name, t in single.items()}
    tensors["first_keys"] = firsts.reshape(-1).numpy().astype(np.int32)
    sizes = {
        "sequences": SEQUENCES,
        "length": LENGTH,
        "heads": HEADS,
        "kv-heads": KV_HEADS,
        "head-dim": HEAD_DIM,
    }
    safetensors_file.save(
        out / "attention-documents.safetensors", tensors, {k: str(v) for k, v in sizes.items()}
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder of the fixture")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    make(out)


if __name__ == "__main__":
    main()
