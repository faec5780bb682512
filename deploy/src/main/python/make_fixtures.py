"""Makes the PyTorch fixtures that Troupe's parity tests read.

    python deploy/src/main/python/make_fixtures.py [--out FOLDER]

Needs torch and numpy; the tests need neither, for the files are committed (default folder:
gpu-actor/src/test/resources/parity). Run it again only when a configuration changes: the same
version of PyTorch on the same kind of CPU writes the same bytes.

Each file is in the safetensors format. Its settings are strings in the header (`__metadata__`),
under the names of Troupe's own settings. It holds:

    init.NAME                initial weights, F32, Hugging Face names
    tokens                   I32 [steps, global-batch, seq-length + 1]: inputs and shifted targets
    residual.0 .. layers     F32 [batch, seq-length, hidden]: the residual stream after the
                             embedding (0) and after each block, for the first `batch` sequences
                             of step 1
    residual_grad.0 ..       F32: the loss's gradient by these
    logits                   F32 [batch, seq-length, vocab]
    loss.fp64, loss.fp32     [1]: mean loss of those sequences, in float64 and in float32
    grad.NAME                F32: gradients of that loss
    learning_rates           F64 [steps]
    losses.fp64, .fp32       [steps]: training on the whole global batch, each before its update
    grad_norms.fp64, .fp32   [steps]: the global norm before clipping
    final.NAME               F32: weights after the last step

Everything without `.fp32` in its name was computed in float64 and, where it is F32, rounded once.
The float32 numbers, and `spread.fp32.*` in the header, show how far PyTorch's own float32 strays
from that, and so what a test may ask of another float32 implementation. Spreads are relative:
tensors by their Euclidean norm (the worst tensor counts), curves by their worst step.

`llama-gqa-bf16` repeats `llama-gqa` (same weights and tokens) with bfloat16 weights and
activations, and float32 norms, softmax, loss, master weights and optimizer. It holds `logits`,
`loss.bf16`, `losses.bf16`, `grad_norms.bf16`, and `spread.bf16.*`: its distance from float64.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

try:
    import numpy as np
    import torch
except ImportError as missing:
    print(f"make_fixtures.py needs {missing.name}: pip install torch numpy", file=sys.stderr)
    sys.exit(2)

import reference_llama
import safetensors_file
from reference_llama import Config

DEFAULT_OUT = Path(__file__).resolve().parents[4] / "gpu-actor/src/test/resources/parity"


@dataclass(frozen=True)
class Recipe:
    """The data and the optimizer of one fixture."""

    seed: int
    init_std: float
    seq_length: int
    batch: int
    global_batch: int
    steps: int = 20
    lr: float = 1e-2
    min_lr: float = 1e-3
    warmup: int = 3
    beta1: float = 0.9
    beta2: float = 0.95
    adam_eps: float = 1e-8
    weight_decay: float = 0.1
    clip: float = 1.0

    def learning_rate(self, step: int) -> float:
        """Linear warm-up, then a cosine to min_lr at the last step; steps count from 1."""
        if step <= self.warmup:
            return self.lr * step / self.warmup
        progress = (step - self.warmup) / (self.steps - self.warmup)
        return self.min_lr + (self.lr - self.min_lr) * 0.5 * (1 + math.cos(math.pi * progress))


@dataclass(frozen=True)
class Pass:
    """Forward and backward of the first sequences."""

    residuals: list[torch.Tensor]
    residual_grads: list[torch.Tensor]
    logits: torch.Tensor
    loss: torch.Tensor
    grads: dict[str, torch.Tensor]


@dataclass(frozen=True)
class Curve:
    """A training run."""

    losses: list[float]
    grad_norms: list[float]
    final: dict[str, torch.Tensor]


# Nothing is a multiple of a vector's width, yet heads and ffn divide by 4, and the global batch by
# 12, for the tests with several ranks.
GQA = (
    Config(48, 3, 4, 2, 88, 157, norm_eps=1e-5, rope_base=10_000.0, tied_head=False),
    Recipe(seed=20, init_std=0.08, seq_length=37, batch=3, global_batch=12),
)
# The other branches: the output head is the embedding, every query head has its own keys, and some
# steps are clipped while others are not.
TIED = (
    Config(30, 2, 3, 3, 52, 101, norm_eps=1e-6, rope_base=500.0, tied_head=True),
    Recipe(seed=21, init_std=0.08, seq_length=29, batch=2, global_batch=4, clip=1.52),
)


def make_tokens(config: Config, recipe: Recipe) -> np.ndarray:
    """A noisy chain (next = 5·token + 3 mod vocab, three times out of four): something to learn."""
    random = np.random.RandomState(recipe.seed + 1_000)
    shape = (recipe.steps, recipe.global_batch, recipe.seq_length + 1)
    tokens = random.randint(0, config.vocab, shape)
    follows = random.random_sample(shape) < 0.75
    for t in range(1, recipe.seq_length + 1):
        successor = (5 * tokens[..., t - 1] + 3) % config.vocab
        tokens[..., t] = np.where(follows[..., t], successor, tokens[..., t])
    return tokens.astype(np.int32)


def master_weights(init: dict[str, np.ndarray], compute: torch.dtype) -> dict[str, torch.Tensor]:
    """What the optimizer updates: float64 for the oracle, float32 otherwise."""
    master = torch.float64 if compute == torch.float64 else torch.float32
    return {name: torch.tensor(w, dtype=master, requires_grad=True) for name, w in init.items()}


def batch_loss(
    config: Config, masters: dict[str, torch.Tensor], compute: torch.dtype, tokens: np.ndarray
) -> tuple[reference_llama.Activations, torch.Tensor]:
    weights = {name: master.to(compute) for name, master in masters.items()}
    ids = torch.from_numpy(tokens).long()
    activations = reference_llama.forward(config, weights, ids[:, :-1])
    return activations, reference_llama.loss(activations.logits, ids[:, 1:])


def first_pass(
    config: Config,
    recipe: Recipe,
    init: dict[str, np.ndarray],
    tokens: np.ndarray,
    compute: torch.dtype,
) -> Pass:
    masters = master_weights(init, compute)
    activations, loss = batch_loss(config, masters, compute, tokens[0, : recipe.batch])
    for residual in activations.residuals:
        residual.retain_grad()
    loss.backward()
    return Pass(
        activations.residuals,
        [residual.grad for residual in activations.residuals],
        activations.logits,
        loss,
        {name: master.grad for name, master in masters.items()},
    )


def train(
    config: Config,
    recipe: Recipe,
    init: dict[str, np.ndarray],
    tokens: np.ndarray,
    compute: torch.dtype,
) -> Curve:
    masters = master_weights(init, compute)
    matrices = [w for w in masters.values() if w.dim() >= 2]
    gains = [w for w in masters.values() if w.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": matrices}, {"params": gains, "weight_decay": 0.0}],
        betas=(recipe.beta1, recipe.beta2),
        eps=recipe.adam_eps,
        weight_decay=recipe.weight_decay,
        foreach=False,
    )
    losses, norms = [], []
    for step in range(1, recipe.steps + 1):
        optimizer.zero_grad()
        _, loss = batch_loss(config, masters, compute, tokens[step - 1])
        loss.backward()
        # scale = min(1, clip / (norm + 1e-6))
        norm = torch.nn.utils.clip_grad_norm_(masters.values(), recipe.clip, foreach=False)
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate(step)
        optimizer.step()
        losses.append(loss.item())
        norms.append(norm.item())
    return Curve(losses, norms, masters)


def relative(actual: torch.Tensor, expected: torch.Tensor) -> float:
    """Distance in the Euclidean norm."""
    expected = expected.detach().double()
    return ((actual.detach().double() - expected).norm() / expected.norm()).item()


def greatest_relative(actual: list[float], expected: list[float]) -> float:
    return max(abs(a - e) / abs(e) for a, e in zip(actual, expected, strict=True))


def spread(name: str, low: Pass, low_curve: Curve, oracle: Pass, curve: Curve) -> dict[str, str]:
    """How far a lower precision strays from float64, as strings for the header."""
    grads = max(relative(low.grads[n], oracle.grads[n]) for n in oracle.grads)
    final = max(relative(low_curve.final[n], curve.final[n]) for n in curve.final)
    values = {
        "logits": relative(low.logits, oracle.logits),
        "logits-absolute": (low.logits - oracle.logits).abs().max().item(),
        "loss": greatest_relative([low.loss.item()], [oracle.loss.item()]),
        "grads": grads,
        "losses": greatest_relative(low_curve.losses, curve.losses),
        "grad-norms": greatest_relative(low_curve.grad_norms, curve.grad_norms),
        "final": final,
    }
    return {f"spread.{name}.{key}": f"{value:.1e}" for key, value in values.items()}


def settings(config: Config, recipe: Recipe) -> dict[str, str]:
    merged = vars(config) | vars(recipe)
    return {key.replace("_", "-"): json.dumps(value) for key, value in merged.items()}


def f32(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().float().numpy()


def make(out: Path, name: str, config: Config, recipe: Recipe, bf16: bool) -> None:
    init = reference_llama.initial_weights(config, recipe.seed, recipe.init_std)
    tokens = make_tokens(config, recipe)
    inputs = (config, recipe, init, tokens)
    oracle, curve = first_pass(*inputs, torch.float64), train(*inputs, torch.float64)
    single, single_curve = first_pass(*inputs, torch.float32), train(*inputs, torch.float32)
    tensors = {f"init.{n}": w for n, w in init.items()}
    tensors |= {f"grad.{n}": f32(g) for n, g in oracle.grads.items()}
    tensors |= {f"final.{n}": f32(w) for n, w in curve.final.items()}
    tensors |= {f"residual.{i}": f32(r) for i, r in enumerate(oracle.residuals)}
    tensors |= {f"residual_grad.{i}": f32(g) for i, g in enumerate(oracle.residual_grads)}
    tensors |= {
        "tokens": tokens,
        "logits": f32(oracle.logits),
        "loss.fp64": np.array([oracle.loss.item()]),
        "loss.fp32": np.array([single.loss.item()], np.float32),
        "learning_rates": np.array([recipe.learning_rate(t + 1) for t in range(recipe.steps)]),
        "losses.fp64": np.array(curve.losses),
        "losses.fp32": np.array(single_curve.losses, np.float32),
        "grad_norms.fp64": np.array(curve.grad_norms),
        "grad_norms.fp32": np.array(single_curve.grad_norms, np.float32),
    }
    metadata = settings(config, recipe)
    safetensors_file.save(
        out / f"{name}.safetensors",
        tensors,
        metadata | spread("fp32", single, single_curve, oracle, curve),
    )
    if bf16:
        low, low_curve = first_pass(*inputs, torch.bfloat16), train(*inputs, torch.bfloat16)
        safetensors_file.save(
            out / f"{name}-bf16.safetensors",
            {
                "logits": f32(low.logits),
                "loss.bf16": np.array([low.loss.item()], np.float32),
                "losses.bf16": np.array(low_curve.losses, np.float32),
                "grad_norms.bf16": np.array(low_curve.grad_norms, np.float32),
            },
            metadata | spread("bf16", low, low_curve, oracle, curve),
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder of the fixtures")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    make(out, "llama-gqa", *GQA, bf16=True)
    make(out, "llama-tied", *TIED, bf16=False)


if __name__ == "__main__":
    main()
