"""Makes the fixtures of the Hugging Face tests: small random models as `transformers` saves them.

    python deploy/hf/make_fixtures.py [--out FOLDER]

Each model is a folder as `save_pretrained` writes it; beside it, NAME.oracle.safetensors holds what
`transformers` computes with it in float32: the logits of three prompts, and the losses of ten steps
of AdamW. Needs torch, transformers, safetensors and numpy; made with torch 2.13 and transformers
5.18. The same versions make the same bytes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "src/main/python"))

import safetensors_file  # noqa: E402

DEFAULT_OUT = HERE.parents[1] / "gpu-actor/src/test/resources/huggingface"
PROMPTS = (5, 17, 40)
STEPS, BATCH, LENGTH = 10, 4, 24
LR, BETAS, EPS, DECAY, CLIP = 3e-3, (0.9, 0.95), 1e-8, 0.1, 1.0


@dataclass(frozen=True)
class Fixture:
    name: str
    model: torch.nn.Module
    dtype: torch.dtype
    shard_size: str = "1GB"
    old_config: bool = False  # as transformers 4 writes it


def sizes(**more: object) -> dict[str, object]:
    common = dict(hidden_size=64, num_hidden_layers=2, num_attention_heads=4, vocab_size=260)
    return common | dict(initializer_range=0.08, attn_implementation="eager") | more


def fixtures() -> list[Fixture]:
    torch.manual_seed(30)
    gqa = LlamaConfig(
        **sizes(intermediate_size=96, num_key_value_heads=2, max_position_embeddings=128),
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 500_000.0},
    )
    tied = LlamaConfig(
        **sizes(intermediate_size=48, max_position_embeddings=64, tie_word_embeddings=True),
        rms_norm_eps=1e-6,
    )
    mistral = MistralConfig(
        **sizes(intermediate_size=80, num_key_value_heads=1, max_position_embeddings=256),
        sliding_window=64,
        rms_norm_eps=1e-5,
    )
    # Trained for 32 positions: of the 8 wavelengths one stays, one is between, six are stretched.
    llama31 = LlamaConfig(
        **sizes(intermediate_size=96, num_key_value_heads=2, max_position_embeddings=256),
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        rope_parameters={
            "rope_type": "llama3",
            "rope_theta": 10_000.0,
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 32,
        },
    )
    return [
        Fixture("llama-gqa", LlamaForCausalLM(gqa), torch.bfloat16, shard_size="90KB"),
        Fixture("llama-tied", LlamaForCausalLM(tied), torch.float32),
        Fixture("mistral", MistralForCausalLM(mistral), torch.float16),
        Fixture("llama31", LlamaForCausalLM(llama31), torch.bfloat16, old_config=True),
    ]


def disturb_gains(model: torch.nn.Module) -> None:
    """Norm gains around 1, so that a forgotten gain shows."""
    for weight in model.parameters():
        if weight.dim() == 1:
            weight.data = 1 + 0.1 * torch.randn_like(weight)


def as_transformers_4(config: dict[str, object]) -> dict[str, object]:
    """The same settings under the names that transformers 4 uses."""
    rope = dict(config.pop("rope_parameters"))
    config["rope_theta"] = rope.pop("rope_theta")
    config["rope_scaling"] = rope if rope["rope_type"] != "default" else None
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.57.0"
    return dict(sorted(config.items()))


def chain(random: np.random.RandomState, vocab: int) -> np.ndarray:
    """Next = 5·token + 3 mod vocab, three times out of four: something to learn."""
    tokens = random.randint(0, vocab, (STEPS, BATCH, LENGTH + 1))
    follows = random.random_sample(tokens.shape) < 0.75
    for t in range(1, LENGTH + 1):
        successor = (5 * tokens[..., t - 1] + 3) % vocab
        tokens[..., t] = np.where(follows[..., t], successor, tokens[..., t])
    return tokens


def losses(model: torch.nn.Module, tokens: torch.Tensor) -> list[float]:
    """Ten steps of AdamW as Troupe's: decay on matrices alone, the gradient's norm clipped."""
    weights = list(model.parameters())
    optimizer = torch.optim.AdamW(
        [
            {"params": [w for w in weights if w.dim() >= 2]},
            {"params": [w for w in weights if w.dim() < 2], "weight_decay": 0.0},
        ],
        lr=LR,
        betas=BETAS,
        eps=EPS,
        weight_decay=DECAY,
        foreach=False,
    )
    values = []
    for batch in tokens:
        optimizer.zero_grad()
        logits = model(batch[:, :-1]).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, CLIP, foreach=False)
        optimizer.step()
        values.append(loss.item())
    return values


def make(out: Path, fixture: Fixture) -> None:
    folder = out / fixture.name
    shutil.rmtree(folder, ignore_errors=True)
    disturb_gains(fixture.model)
    fixture.model.to(fixture.dtype).save_pretrained(folder, max_shard_size=fixture.shard_size)
    if fixture.old_config:
        file = folder / "config.json"
        config = as_transformers_4(json.loads(file.read_text()))
        file.write_text(json.dumps(config, indent=2) + "\n")
    model = fixture.model.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    )
    random = np.random.RandomState(31)
    vocab = model.config.vocab_size
    tensors: dict[str, np.ndarray] = {}
    for i, length in enumerate(PROMPTS):
        prompt = random.randint(0, vocab, length)
        with torch.no_grad():
            logits = model(torch.from_numpy(prompt)[None]).logits[0]
        tensors[f"prompt.{i}"] = prompt.astype(np.int32)
        tensors[f"logits.{i}"] = logits.numpy()
    tokens = chain(random, vocab)
    tensors["tokens"] = tokens.astype(np.int32)
    tensors["losses"] = np.array(losses(model, torch.from_numpy(tokens)))
    settings = {
        "steps": STEPS,
        "batch": BATCH,
        "seq-length": LENGTH,
        "lr": LR,
        "beta1": BETAS[0],
        "beta2": BETAS[1],
        "adam-eps": EPS,
        "weight-decay": DECAY,
        "clip": CLIP,
    }
    metadata = {key: str(value) for key, value in settings.items()}
    safetensors_file.save(out / f"{fixture.name}.oracle.safetensors", tensors, metadata)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder of the fixtures")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for fixture in fixtures():
        make(out, fixture)


if __name__ == "__main__":
    main()
