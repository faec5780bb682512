"""Times whole training steps of a LLaMA in PyTorch on a GPU: the peer of `./troupe bench gpu`.

    python3 bench_gpu_peer.py --hidden 4096 --layers 32 --heads 32 --kv-heads 32 --ffn 11008 \\
        --vocab 32000 --seq-length 4096 --micro-batch 1 --micro-batches 4 --recompute selective

A step is forward, loss, backward, clipping by global norm 1.0 and AdamW, over one batch of random
tokens that comes again and again, so the loss falls. PyTorch as its users run it: torch.compile,
scaled_dot_product_attention (causal; cuDNN's or FlashAttention, whichever PyTorch prefers), fused
AdamW, parameters and optimizer state in bfloat16. Recompute: none keeps all; selective computes
norms and SwiGLU again; full computes whole blocks again.

Prints one line of JSON to stdout: tokens_per_second (from the median step), step_ms_median,
step_ms_min, peak_memory_mib, loss_first, loss_last, versions. Exit code 2 where PyTorch or a GPU is
missing, 3 where memory is, 1 for anything else.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import sys
import time
from typing import NoReturn


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("hidden", "layers", "heads", "kv-heads", "ffn", "vocab", "seq-length"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--micro-batch", type=int, default=1, help="sequences of one pass")
    parser.add_argument("--micro-batches", type=int, default=1, help="passes of a step")
    parser.add_argument("--recompute", choices=("none", "selective", "full"), default="none")
    parser.add_argument("--mode", choices=("eager", "compile"), default="compile")
    parser.add_argument("--warmup", type=int, default=3, help="steps that are not timed")
    parser.add_argument("--steps", type=int, default=10, help="steps that are timed")
    options = parser.parse_args()
    if min(options.steps, options.warmup, options.micro_batch, options.micro_batches) < 1:
        parser.error("--steps, --warmup, --micro-batch and --micro-batches must be at least 1")
    return options


def fail(message: str, code: int) -> NoReturn:
    print(f"bench_gpu_peer.py: {message}", file=sys.stderr)
    sys.exit(code)


def model(options: argparse.Namespace):
    """The model; imports stay here, so that --help needs no PyTorch."""
    import torch
    from torch import nn
    from torch.nn import functional as F
    from torch.utils.checkpoint import checkpoint

    head = options.hidden // options.heads
    recompute = options.recompute

    def linear(inputs: int, outputs: int) -> nn.Parameter:
        return nn.Parameter(torch.randn(outputs, inputs) * 0.02)

    def again(function, *arguments):
        """Keeps the arguments alone for backward, under selective recomputation."""
        if recompute == "selective":
            return checkpoint(function, *arguments, use_reentrant=False)
        return function(*arguments)

    def norm(x, gain):
        return F.rms_norm(x, (options.hidden,), gain, 1e-5)

    def swiglu(gate_up):
        gate, up = gate_up.chunk(2, dim=-1)
        return F.silu(gate) * up

    def rotate(x, cos, sin):
        first, second = x.chunk(2, dim=-1)
        return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            width = (options.heads + 2 * options.kv_heads) * head
            self.attention_norm = nn.Parameter(torch.ones(options.hidden))
            self.qkv = linear(options.hidden, width)
            self.out = linear(options.hidden, options.hidden)
            self.mlp_norm = nn.Parameter(torch.ones(options.hidden))
            self.gate_up = linear(options.hidden, 2 * options.ffn)
            self.down = linear(options.ffn, options.hidden)

        def forward(self, x, cos, sin):
            b, t, c = x.shape
            qkv = F.linear(again(norm, x, self.attention_norm), self.qkv)
            qkv = qkv.view(b, t, -1, head).transpose(1, 2)
            q, k, v = qkv.split((options.heads, options.kv_heads, options.kv_heads), dim=1)
            y = F.scaled_dot_product_attention(
                rotate(q, cos, sin),
                rotate(k, cos, sin),
                v,
                is_causal=True,
                enable_gqa=options.heads != options.kv_heads,
            )
            x = x + F.linear(y.transpose(1, 2).reshape(b, t, c), self.out)
            gate_up = F.linear(again(norm, x, self.mlp_norm), self.gate_up)
            return x + F.linear(again(swiglu, gate_up), self.down)

    class Llama(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = linear(options.hidden, options.vocab)
            self.blocks = nn.ModuleList(Block() for _ in range(options.layers))
            self.norm = nn.Parameter(torch.ones(options.hidden))
            self.head = linear(options.hidden, options.vocab)
            positions = torch.arange(options.seq_length, dtype=torch.float32)
            halves = torch.arange(0, head, 2, dtype=torch.float32)
            angles = torch.outer(positions, 10_000.0 ** (-halves / head))
            self.register_buffer("cos", angles.cos().bfloat16())
            self.register_buffer("sin", angles.sin().bfloat16())

        def forward(self, ids, targets):
            x = F.embedding(ids, self.embedding)
            for block in self.blocks:
                if recompute == "full":
                    x = checkpoint(block, x, self.cos, self.sin, use_reentrant=False)
                else:
                    x = block(x, self.cos, self.sin)
            logits = F.linear(norm(x, self.norm), self.head)
            return F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())

    torch.manual_seed(1234)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda"):
        return Llama()


def work(options: argparse.Namespace) -> None:
    import torch

    llama = model(options)
    parameters = list(llama.parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in parameters if p.dim() >= 2]},
            {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
        ],
        lr=3e-4,
        betas=(0.9, 0.95),
        weight_decay=0.1,
        fused=True,
    )
    run = torch.compile(llama) if options.mode == "compile" else llama
    shape = (options.micro_batches, options.micro_batch, options.seq_length + 1)
    tokens = torch.randint(options.vocab, shape, device="cuda")

    def step() -> float:
        loss = torch.zeros((), device="cuda", dtype=torch.float32)
        for part in tokens:
            part_loss = run(part[:, :-1], part[:, 1:]) / options.micro_batches
            part_loss.backward()
            loss += part_loss.detach()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()  # waits for the GPU

    seconds, losses = [], []
    for _ in range(options.warmup + options.steps):
        start = time.perf_counter()
        losses.append(step())
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    timed = seconds[options.warmup :]
    median = statistics.median(timed)
    per_step = options.micro_batches * options.micro_batch * options.seq_length
    result = {
        "tokens_per_second": round(per_step / median, 1),
        "step_ms_median": round(median * 1e3, 2),
        "step_ms_min": round(min(timed) * 1e3, 2),
        "peak_memory_mib": round(torch.cuda.max_memory_allocated() / 2**20),
        "loss_first": losses[0],
        "loss_last": losses[-1],
        "mode": options.mode,
        "recompute": options.recompute,
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "gpu": torch.cuda.get_device_name(),
    }
    print(json.dumps(result), flush=True)


def main() -> int:
    options = parse()
    if importlib.util.find_spec("torch") is None:
        fail("PyTorch is not installed for this Python", 2)
    import torch

    if not torch.cuda.is_available():
        fail("PyTorch finds no GPU", 2)
    try:
        work(options)
    except torch.OutOfMemoryError as e:
        fail(f"not enough GPU memory: {e}", 3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
