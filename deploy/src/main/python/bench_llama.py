"""The LLaMA that `bench_step.py` times, of PyTorch's own fused operations."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from bench_tensor_group import TensorGroup


@dataclass(frozen=True)
class Size:
    """Dimensions of one benchmark."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    seq_length: int
    batch: int
    vocab: int


class Parameters:
    """Draws whole tensors in one fixed order, so that any group starts from the same weights."""

    def __init__(self, seed: int, group: TensorGroup) -> None:
        self._random = torch.Generator().manual_seed(seed)
        self._group = group

    def matrix(self, rows: int, columns: int, split: int) -> nn.Parameter:
        """A weight N(0, 0.02) of [out, in], split along a dimension."""
        full = torch.randn(rows, columns, generator=self._random) * 0.02
        return nn.Parameter(self._group.shard(full, split))


class Block(nn.Module):
    """Attention and SwiGLU, each column-parallel, then row-parallel."""

    def __init__(self, size: Size, parameters: Parameters, group: TensorGroup) -> None:
        super().__init__()
        c = size.hidden
        self.group, self.head_dim = group, c // size.heads
        self.attention_norm = nn.Parameter(torch.ones(c))
        self.q = parameters.matrix(c, c, split=0)
        self.k = parameters.matrix(c, c, split=0)
        self.v = parameters.matrix(c, c, split=0)
        self.o = parameters.matrix(c, c, split=1)
        self.mlp_norm = nn.Parameter(torch.ones(c))
        self.gate = parameters.matrix(size.ffn, c, split=0)
        self.up = parameters.matrix(size.ffn, c, split=0)
        self.down = parameters.matrix(c, size.ffn, split=1)

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        batch, length, c = x.shape
        y = self.group.enter(F.rms_norm(x, (c,), self.attention_norm, 1e-5))
        q, k, v = (
            F.linear(y, weight).view(batch, length, -1, self.head_dim).transpose(1, 2)
            for weight in (self.q, self.k, self.v)
        )
        q, k = _rotate(q, cos, sin), _rotate(k, cos, sin)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        y = y.transpose(1, 2).reshape(batch, length, -1)
        x = x + self.group.leave(F.linear(y, self.o))
        y = self.group.enter(F.rms_norm(x, (c,), self.mlp_norm, 1e-5))
        y = F.silu(F.linear(y, self.gate)) * F.linear(y, self.up)
        return x + self.group.leave(F.linear(y, self.down))


class Llama(nn.Module):
    """Token ids and targets [batch, seq-length] to the mean loss."""

    def __init__(self, size: Size, seed: int, group: TensorGroup) -> None:
        super().__init__()
        self.group = group
        parameters = Parameters(seed, group)
        self.embedding = parameters.matrix(size.vocab, size.hidden, split=0)
        self.blocks = nn.ModuleList(Block(size, parameters, group) for _ in range(size.layers))
        self.norm = nn.Parameter(torch.ones(size.hidden))
        self.head = parameters.matrix(size.vocab, size.hidden, split=0)
        half = size.hidden // size.heads // 2
        frequencies = 10_000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
        angles = torch.outer(torch.arange(size.seq_length, dtype=torch.float64), frequencies)
        angles = torch.cat((angles, angles), dim=-1)
        self.register_buffer("cos", angles.cos().float())
        self.register_buffer("sin", angles.sin().float())

    def forward(self, ids: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        x = self.group.embedding(ids, self.embedding)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        x = self.group.enter(F.rms_norm(x, (x.shape[-1],), self.norm, 1e-5))
        logits = F.linear(x, self.head).flatten(0, 1).float()
        return self.group.cross_entropy(logits, targets.flatten())


def _rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Rotary embedding of [B, heads, T, D] by halves, in the type of x."""
    first, second = x.chunk(2, dim=-1)
    return (x * cos + torch.cat((-second, first), dim=-1) * sin).to(x.dtype)
