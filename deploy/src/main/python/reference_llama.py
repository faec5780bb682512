"""A plain LLaMA in PyTorch: the oracle of the parity fixtures.

Written for reading, not for speed: every product and every mask is spelled out, and nothing is
shared with Troupe or with another library's model. Parameters live in a dictionary under their
Hugging Face names; weights of linear layers have the shape [out, in].

Shapes: B sequences, T tokens, C hidden, H query heads, D head width, V vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Config:
    """Dimensions of the model."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    ffn: int
    vocab: int
    norm_eps: float
    rope_base: float
    tied_head: bool

    @property
    def head_dim(self) -> int:
        return self.hidden // self.heads


@dataclass(frozen=True)
class Activations:
    """What one forward pass made."""

    residuals: list[torch.Tensor]  # after the embedding and after each block, [B, T, C]
    logits: torch.Tensor  # [B, T, V], float32 or float64


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """Every parameter's name and shape, in the model's order."""
    c, kv = config.hidden, config.kv_heads * config.head_dim
    result: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (config.vocab, c)}
    for layer in range(config.layers):
        block = f"model.layers.{layer}."
        result[block + "input_layernorm.weight"] = (c,)
        result[block + "self_attn.q_proj.weight"] = (c, c)
        result[block + "self_attn.k_proj.weight"] = (kv, c)
        result[block + "self_attn.v_proj.weight"] = (kv, c)
        result[block + "self_attn.o_proj.weight"] = (c, c)
        result[block + "post_attention_layernorm.weight"] = (c,)
        result[block + "mlp.gate_proj.weight"] = (config.ffn, c)
        result[block + "mlp.up_proj.weight"] = (config.ffn, c)
        result[block + "mlp.down_proj.weight"] = (c, config.ffn)
    result["model.norm.weight"] = (c,)
    if not config.tied_head:
        result["lm_head.weight"] = (config.vocab, c)
    return result


def initial_weights(config: Config, seed: int, std: float) -> dict[str, np.ndarray]:
    """Float32 weights: matrices N(0, std), norm gains around 1 so that a forgotten gain shows."""
    random = np.random.RandomState(seed)  # the one generator whose stream NumPy promises to keep
    weights = {}
    for name, shape in shapes(config).items():
        noise = random.standard_normal(shape)
        weights[name] = (1 + 0.1 * noise if len(shape) == 1 else std * noise).astype(np.float32)
    return weights


def forward(config: Config, weights: dict[str, torch.Tensor], tokens: torch.Tensor) -> Activations:
    """Runs the model on token ids [B, T] in the data type of the weights."""
    x = weights["model.embed_tokens.weight"][tokens]
    residuals = [x]
    for layer in range(config.layers):
        block = {
            name.removeprefix(f"model.layers.{layer}."): weight
            for name, weight in weights.items()
            if name.startswith(f"model.layers.{layer}.")
        }
        x = x + _attention(config, block, _rms_norm(x, block["input_layernorm.weight"], config))
        x = x + _mlp(block, _rms_norm(x, block["post_attention_layernorm.weight"], config))
        residuals.append(x)
    head = weights["model.embed_tokens.weight" if config.tied_head else "lm_head.weight"]
    logits = _rms_norm(x, weights["model.norm.weight"], config) @ head.T
    return Activations(residuals, logits.to(_wide(logits)))


def loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy in nats over all targets [B, T]."""
    log_probabilities = torch.log_softmax(logits, dim=-1)
    return -log_probabilities.gather(-1, targets.unsqueeze(-1)).mean()


def _wide(x: torch.Tensor) -> torch.dtype:
    """The type of norms, rotations and softmax: float32 for bfloat16, else the type itself."""
    return torch.float32 if x.dtype == torch.bfloat16 else x.dtype


def _rms_norm(x: torch.Tensor, gain: torch.Tensor, config: Config) -> torch.Tensor:
    wide = x.to(_wide(x))
    scale = torch.rsqrt(wide.square().mean(-1, keepdim=True) + config.norm_eps)
    return (wide * scale * gain.to(wide.dtype)).to(x.dtype)


def _rotate(x: torch.Tensor, config: Config) -> torch.Tensor:
    """Rotary embedding of [B, heads, T, D] by halves: (x1, x2)·cos + (-x2, x1)·sin."""
    half = config.head_dim // 2
    frequencies = config.rope_base ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.outer(torch.arange(x.shape[2], dtype=torch.float64), frequencies)
    angles = torch.cat((angles, angles), dim=-1)  # [T, D]
    wide = x.to(_wide(x))
    rotated = torch.cat((-wide[..., half:], wide[..., :half]), dim=-1)
    cos, sin = angles.cos().to(wide.dtype), angles.sin().to(wide.dtype)
    return (wide * cos + rotated * sin).to(x.dtype)


def _attention(config: Config, block: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    batch, length, _ = x.shape

    def heads(projection: str, count: int) -> torch.Tensor:  # [B, count, T, D]
        y = x @ block[f"self_attn.{projection}.weight"].T
        return y.view(batch, length, count, config.head_dim).transpose(1, 2)

    group = config.heads // config.kv_heads  # neighbouring query heads that share keys and values
    q = _rotate(heads("q_proj", config.heads), config)
    k = _rotate(heads("k_proj", config.kv_heads), config).repeat_interleave(group, dim=1)
    v = heads("v_proj", config.kv_heads).repeat_interleave(group, dim=1)
    scores = (q @ k.transpose(-1, -2)).to(_wide(x)) * config.head_dim**-0.5  # [B, H, T, T]
    future = torch.ones(length, length, dtype=torch.bool).triu(1)
    probabilities = scores.masked_fill(future, float("-inf")).softmax(-1).to(x.dtype)
    y = (probabilities @ v).transpose(1, 2).reshape(batch, length, config.hidden)
    return y @ block["self_attn.o_proj.weight"].T


def _mlp(block: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    gate = x @ block["mlp.gate_proj.weight"].T
    up = x @ block["mlp.up_proj.weight"].T
    wide = gate.to(_wide(gate))
    product = wide * torch.sigmoid(wide) * up.to(wide.dtype)
    return product.to(x.dtype) @ block["mlp.down_proj.weight"].T
