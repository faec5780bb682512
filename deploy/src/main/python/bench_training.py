"""The training step that `bench_step.py` times."""

from __future__ import annotations

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from bench_llama import Llama, Size
from bench_tensor_group import TensorGroup

SIZES = {
    256: Size(256, layers=8, heads=8, ffn=688, seq_length=256, batch=8, vocab=4096),
    512: Size(512, layers=8, heads=8, ffn=1376, seq_length=512, batch=4, vocab=4096),
}


class Training:
    """A model, its optimizer and its data. The global batch is the same for any number of ranks."""

    def __init__(
        self, size: Size, seed: int, rank: int, tp: int, dp: int, compiled: bool, bf16: bool
    ) -> None:
        self._group = TensorGroup(rank if tp > 1 else 0, tp)
        rows = slice(None) if dp == 1 else slice(rank, None, dp)
        self._dp, self._size, self._bf16 = dp, size, bf16
        model = Llama(size, seed, self._group)
        self._parameters = list(model.parameters())
        self._matrices = [p for p in self._parameters if p.dim() >= 2]  # split over the group
        self._gains = [p for p in self._parameters if p.dim() < 2]  # whole on every rank
        self._optimizer = torch.optim.AdamW(
            [{"params": self._matrices}, {"params": self._gains, "weight_decay": 0.0}],
            lr=1e-3,
            betas=(0.9, 0.95),
            weight_decay=0.1,
            fused=True,  # on the CPU some three times as fast as foreach
        )
        self._model = model
        if dp > 1:
            self._model = DistributedDataParallel(model, gradient_as_bucket_view=True)
        if compiled:
            self._model = torch.compile(self._model)
        # One batch, again and again: the loss must fall, and drawing tokens costs nothing.
        random = torch.Generator().manual_seed(seed + 1)
        shape = (size.batch, size.seq_length + 1)
        self._tokens = torch.randint(size.vocab, shape, generator=random)[rows]

    @property
    def tokens_per_step(self) -> int:
        return self._size.batch * self._size.seq_length

    def step(self) -> float:
        """One step; returns the loss over the global batch before the update."""
        self._optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=self._bf16):
            loss = self._model(self._tokens[:, :-1], self._tokens[:, 1:])
        loss.backward()
        norm = self._group.total_norm(
            [p.grad for p in self._matrices], [p.grad for p in self._gains]
        )
        torch.nn.utils.clip_grads_with_norm_(self._parameters, 1.0, norm)
        self._optimizer.step()
        loss = loss.detach()
        if self._dp > 1:
            dist.all_reduce(loss)
            loss /= self._dp
        return loss.item()
