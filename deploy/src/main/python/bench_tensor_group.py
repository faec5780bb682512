"""Megatron's tensor-parallel mappings over torch.distributed, for `bench_step.py`.

Collectives work on clones, for autograd owns its tensors. With one rank every mapping is the
identity, so that one model serves all.
"""

from __future__ import annotations

import torch
import torch.distributed as dist
import torch.nn.functional as F


class TensorGroup:
    """The ranks that share every layer."""

    def __init__(self, rank: int, world: int) -> None:
        self.rank, self.world = rank, world

    def shard(self, full: torch.Tensor, dim: int) -> torch.Tensor:
        """This rank's part of a tensor along a dimension."""
        return full.chunk(self.world, dim)[self.rank].clone() if self.world > 1 else full

    def enter(self, x: torch.Tensor) -> torch.Tensor:
        """Before column-parallel layers: identity forward, all-reduce backward."""
        return _Enter.apply(x) if self.world > 1 else x

    def leave(self, y: torch.Tensor) -> torch.Tensor:
        """After row-parallel layers: all-reduce forward, identity backward."""
        return _Leave.apply(y) if self.world > 1 else y

    def embedding(self, ids: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """Looks ids up in a table whose rows are split; rows of other ranks count as zero."""
        if self.world == 1:
            return F.embedding(ids, weight)
        local = ids - self.rank * weight.shape[0]
        absent = (local < 0) | (local >= weight.shape[0])
        rows = F.embedding(local.masked_fill(absent, 0), weight)
        return self.leave(rows.masked_fill(absent.unsqueeze(-1), 0.0))

    def cross_entropy(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean loss of float32 logits [N, V / world], never gathered."""
        if self.world == 1:
            return F.cross_entropy(logits, targets)
        return _VocabularyLoss.apply(logits, targets, self.rank)

    def total_norm(self, sharded: list[torch.Tensor], whole: list[torch.Tensor]) -> torch.Tensor:
        """The global gradient norm; tensors that every rank holds whole count once."""
        if self.world == 1:
            return torch.nn.utils.get_total_norm(sharded + whole)
        squared = torch.nn.utils.get_total_norm(sharded).square()
        dist.all_reduce(squared)
        return (squared + torch.nn.utils.get_total_norm(whole).square()).sqrt()


def _all_reduce(x: torch.Tensor, op: dist.ReduceOp = dist.ReduceOp.SUM) -> torch.Tensor:
    result = x.clone(memory_format=torch.contiguous_format)
    dist.all_reduce(result, op)
    return result


class _Enter(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: torch.Tensor) -> torch.Tensor:
        return x.view_as(x)

    @staticmethod
    def backward(ctx, dy: torch.Tensor) -> torch.Tensor:
        return _all_reduce(dy)


class _Leave(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: torch.Tensor) -> torch.Tensor:
        return _all_reduce(x)

    @staticmethod
    def backward(ctx, dy: torch.Tensor) -> torch.Tensor:
        return dy


class _VocabularyLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits: torch.Tensor, targets: torch.Tensor, rank: int) -> torch.Tensor:
        local = targets - rank * logits.shape[1]
        present = (local >= 0) & (local < logits.shape[1])
        column = local.masked_fill(~present, 0).unsqueeze(1)
        logits = logits - _all_reduce(logits.amax(1, keepdim=True), dist.ReduceOp.MAX)
        target = logits.gather(1, column).squeeze(1) * present
        exponentials = logits.exp()
        # One collective for both sums of a row.
        total, target = _all_reduce(torch.stack((exponentials.sum(1), target)))
        ctx.save_for_backward(exponentials.div_(total.unsqueeze(1)), column, present)
        return (total.log() - target).mean()

    @staticmethod
    def backward(ctx, dloss: torch.Tensor) -> tuple[torch.Tensor, None, None]:
        probabilities, column, present = ctx.saved_tensors
        ones = present.to(probabilities.dtype).unsqueeze(1)
        dlogits = probabilities.scatter_add(1, column, -ones)
        return dlogits.mul_(dloss / len(column)), None, None
