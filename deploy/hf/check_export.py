"""Checks that models trained here are the same models in `transformers`.

    python deploy/hf/check_export.py [--troupe COMMAND] [--keep FOLDER]

Trains three small models (grouped queries; a tied head; Llama 3.1's scaled rotary embedding) for a
few steps on two tensor-parallel ranks, exports each, and compares the loss over a text that
`troupe eval` tells with the one that `transformers` computes from the exported files: they must
agree within 1e-5. Then each is imported again and exported once more: the files must be the same,
byte for byte. Needs torch and transformers 4 or 5. Takes about a minute. Exit code 0: all agree.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

ROOT = Path(__file__).resolve().parents[2]
END_OF_DOCUMENT = 256  # of the tokenizer "bytes"
LENGTH = 128
TOLERANCE = 1e-5
STEPS = 30

COMMON = [
    f"train.steps={STEPS}",
    f"train.seq-length={LENGTH}",
    "train.global-batch=8",
    "parallel.tp=2",
    "parallel.dp=1",
    "data.validation.every=0",
    "data.bios.people=200",
    "model.hidden=64",
    "model.layers=2",
    "model.heads=4",
    "model.ffn=160",
    "model.max-seq=256",
]
MODELS = {
    "grouped-queries": ["model.kv-heads=2", "model.rope-base=500000"],
    "tied-head": ["model.kv-heads=4", "model.tied-head=true", "model.norm-eps=1e-6"],
    "scaled-rope": [
        "model.kv-heads=1",
        "model.rope-scaling.factor=8",
        "model.rope-scaling.original-max-seq=64",
    ],
}


def text() -> str:
    """Some kilobytes that look like nothing the models saw."""
    lines = [
        f"{n} times {n + 1} is {n * (n + 1)}; the square of {n} is {n * n}, naïvely.\n"
        for n in range(100)
    ]
    return "".join(lines)


class Troupe:
    def __init__(self, command: str, folder: Path) -> None:
        self.command = shlex.split(command)
        self.folder = folder

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            sys.exit(f"troupe {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done.stdout


def transformers_loss(folder: Path, content: bytes) -> tuple[float, int]:
    """Mean loss over all targets, in windows of LENGTH that do not overlap, as eval counts them."""
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    tokens = torch.tensor([*content, END_OF_DOCUMENT])
    targets = len(tokens) - 1
    total = 0.0
    with torch.no_grad():
        for at in range(0, targets, LENGTH):
            window = tokens[at : at + LENGTH + 1]
            logits = model(window[None, :-1]).logits[0]
            loss = torch.nn.functional.cross_entropy(logits, window[1:], reduction="sum")
            total += loss.item()
    return total / targets, targets


def check(troupe: Troupe, name: str, settings: list[str], file: Path) -> bool:
    checkpoint = f"runs/{name}/checkpoints"
    troupe.run("train", f"run.name={name}", *COMMON, *settings)
    troupe.run("export", "--checkpoint", checkpoint, "--out", f"{name}-hf", "--shard-size=100KB")
    told = json.loads(troupe.run("eval", "--checkpoint", checkpoint, "--data", str(file), "--json"))
    loss, targets = transformers_loss(troupe.folder / f"{name}-hf", file.read_bytes())
    apart = abs(loss - told["loss"]) / loss
    same_count = targets == told["tokens"]
    troupe.run("import", "--from", f"{name}-hf", "--out", f"{name}-again")
    troupe.run(
        "export", "--checkpoint", f"{name}-again", "--out", f"{name}-hf2", "--shard-size=100KB"
    )
    files = sorted((troupe.folder / f"{name}-hf").glob("*"))
    equal = len(files) > 3 and all(
        (troupe.folder / f"{name}-hf2" / each.name).read_bytes() == each.read_bytes()
        for each in files
    )
    good = apart <= TOLERANCE and same_count and equal
    print(
        f"{name:16} loss here {told['loss']:.7f}, in transformers {loss:.7f}, apart {apart:.1e}; "
        f"{targets} targets; files again {'equal' if equal else 'DIFFERENT'}: "
        f"{'ok' if good else 'FAILED'}",
        flush=True,
    )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--troupe", default=str(ROOT / "troupe"), help="how to call troupe")
    parser.add_argument("--keep", type=Path, help="folder to work in; default: a temporary one")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.keep or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "text.txt"
        file.write_text(text(), encoding="utf-8")
        troupe = Troupe(options.troupe, folder)
        results = [check(troupe, name, settings, file) for name, settings in MODELS.items()]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
