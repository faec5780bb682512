"""Makes the fixtures of `troupe eval`: a small random model, tasks, texts, and what they must give.

    python deploy/hf/make_eval_fixtures.py [--out FOLDER]

The model is as `transformers` saves it, with a tokenizer of the tokenizer tests. expected.json has
what lm-evaluation-harness 0.4 (`add_bos_token=True`) would give: its rules are written out below, and
`transformers` computes the log-likelihoods, in float32, one text at a time. Needs torch,
transformers, tokenizers and numpy; made with torch 2.13, transformers 5.18 and tokenizers 0.23.
The same versions make the same bytes.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

ROOT = Path(__file__).resolve().parents[2]
TOKENIZERS = ROOT / "gpu-actor/src/test/resources/tokenizers"
DEFAULT_OUT = ROOT / "deploy/src/test/resources/eval"
LONGEST = 64
BEGIN, END = 1, 2  # <s> and </s>
QUESTIONS, TEXTS = 40, 12
BEFORE_ANSWER, AFTER_ANSWER = " ", "\n\n"
CLEAR = 1e-3  # how far the best choice is ahead of the next, so that rounding decides nothing

Item = dict[str, object]
Window = tuple[list[int], list[int]]  # inputs, and the tokens that the last of them predict


def new_model() -> LlamaForCausalLM:
    torch.manual_seed(40)
    config = LlamaConfig(
        vocab_size=600,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=LONGEST,
        tie_word_embeddings=True,
        rms_norm_eps=1e-5,
        initializer_range=0.2,
        bos_token_id=BEGIN,
        eos_token_id=END,
        attn_implementation="eager",
    )
    return LlamaForCausalLM(config).to(torch.bfloat16)


@dataclass(frozen=True)
class Scorer:
    model: torch.nn.Module
    tokenizer: Tokenizer

    def encode(self, text: str, special: bool = True) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=special).ids

    def log_likelihood(self, tokens: list[int], scored: int) -> float:
        """Of the last tokens, each given all before it."""
        with torch.no_grad():
            logits = self.model(torch.tensor([tokens[:-1]])).logits[0]
        each = torch.log_softmax(logits, dim=-1).gather(1, torch.tensor(tokens[1:])[:, None])
        return each[-scored:].double().sum().item()

    # TemplateLM.loglikelihood and _encode_pair, HFLM._loglikelihood_tokens
    def choice(self, context: str, continuation: str) -> tuple[float, bool]:
        """The log-likelihood of a continuation, and whether the context was cut."""
        if context == "":
            own, rest = [BEGIN], self.encode(continuation, special=False)
        else:
            spaces = len(context) - len(context.rstrip())
            if spaces > 0:
                continuation = context[-spaces:] + continuation
                context = context[:-spaces]
            own = self.encode(context)
            rest = self.encode(context + continuation)[len(own) :]
        tokens = (own + rest)[-(LONGEST + 1) :]
        return self.log_likelihood(tokens, len(rest)), len(tokens) < len(own) + len(rest)

    def nats(self, windows: Iterator[Window]) -> float:
        return -sum(
            self.log_likelihood(inputs + targets[-1:], len(targets)) for inputs, targets in windows
        )


def plain_windows(tokens: list[int], prefix: int, longest: int) -> Iterator[Window]:
    """Windows that do not overlap."""
    for at in range(0, len(tokens), longest):
        targets = tokens[at : at + longest]
        yield [tokens[at - 1] if at else prefix, *targets[:-1]], targets


# lm_eval.utils.get_rolling_token_windows
def rolling_windows(
    tokens: list[int], prefix: int, longest: int, predicted_at_once: int
) -> Iterator[Window]:
    first = min(longest, len(tokens))
    yield [prefix] + tokens[: first - 1], tokens[:first]
    predicted = first
    while predicted < len(tokens):
        count = min(len(tokens) - predicted, predicted_at_once)
        end = predicted + count
        yield tokens[end - longest - 1 : end - 1], tokens[end - count : end]
        predicted += count


def words(source: random.Random) -> Iterator[str]:
    known = sorted(set((TOKENIZERS / "corpus.txt").read_text(encoding="utf-8").split()))
    while True:
        yield source.choice(known)


def sentence(source: random.Random, word: Iterator[str], most: int) -> str:
    return " ".join(next(word) for _ in range(source.randint(1, most)))


def questions(source: random.Random, word: Iterator[str], count: int) -> list[Item]:
    items: list[Item] = []
    for i in range(count):
        context = sentence(source, word, 40 if i % 7 == 6 else 10)
        context += ["", "?", " ", "\n", ":\n\n", "\u00a0", "."][i % 7]
        choices = [sentence(source, word, 5) for _ in range(source.randint(2, 5))]
        if i % 5 == 4:
            choices[-1] += " 😀 日本"
        answer = source.randrange(len(choices))
        items.append({"context": context, "choices": choices, "answer": answer})
    items[3]["context"] = ""
    items[5]["context"] = "  "
    return items


def shown(items: list[Item]) -> str:
    """Solved questions as ContextSampler.get_context puts them before another."""
    return "".join(
        f"{item['context']}{BEFORE_ANSWER}{item['choices'][item['answer']]}{AFTER_ANSWER}"
        for item in items
    )


def standard_error(hits: list[bool]) -> float:
    """lm_eval.api.metrics.mean_stderr"""
    mean = sum(hits) / len(hits)
    deviation = math.sqrt(sum((hit - mean) ** 2 for hit in hits) / (len(hits) - 1))
    return deviation / math.sqrt(len(hits))


def best(values: list[float]) -> int:
    ordered = sorted(values)
    assert ordered[-1] - ordered[-2] > CLEAR, values
    return values.index(ordered[-1])


def task(scorer: Scorer, shots: list[Item], items: list[Item]) -> dict[str, object]:
    likelihoods, cut, hits, hits_by_length = [], 0, [], []
    for item in items:
        pairs = [
            scorer.choice(shown(shots) + item["context"], BEFORE_ANSWER + choice)
            for choice in item["choices"]
        ]
        values = [value for value, _ in pairs]
        by_length = [value / len(text) for value, text in zip(values, item["choices"], strict=True)]
        likelihoods.append(values)
        cut += any(was_cut for _, was_cut in pairs)
        hits.append(best(values) == item["answer"])
        hits_by_length.append(best(by_length) == item["answer"])
    assert hits != hits_by_length
    return {
        "n": len(items),
        "shots": len(shots),
        "cut": cut,
        "acc": sum(hits) / len(hits),
        "acc_stderr": standard_error(hits),
        "acc_norm": sum(hits_by_length) / len(hits),
        "acc_norm_stderr": standard_error(hits_by_length),
        "log_likelihoods": likelihoods,
    }


def stream(scorer: Scorer, texts: list[str], context: int, stride: int) -> dict[str, object]:
    """Documents one after the other, as in training."""
    tokens = [t for text in texts for t in [*scorer.encode(text), END]]
    first, rest = tokens[0], tokens[1:]
    windows = (
        rolling_windows(rest, first, context, stride)
        if stride < context
        else plain_windows(rest, first, context)
    )
    nats = scorer.nats(windows)
    return text_result(context, stride, nats, len(tokens) - 1, texts)


def documents(scorer: Scorer, texts: list[str], context: int, stride: int) -> dict[str, object]:
    """Each document on its own: loglikelihood_rolling."""
    encoded = [scorer.encode(text, special=False) for text in texts]
    nats = sum(
        scorer.nats(rolling_windows(tokens, BEGIN, context, stride)) for tokens in encoded
    )
    return text_result(context, stride, nats, sum(map(len, encoded)), texts)


def text_result(
    context: int, stride: int, nats: float, tokens: int, texts: list[str]
) -> dict[str, object]:
    count = sum(len(text.encode()) for text in texts)
    return {
        "context": context,
        "stride": stride,
        "tokens": tokens,
        "bytes": count,
        "loss": nats / tokens,
        "perplexity": math.exp(nats / tokens),
        "bits_per_byte": nats / math.log(2) / count,
    }


def write_lines(file: Path, values: list[object]) -> None:
    lines = [json.dumps(value, ensure_ascii=False) for value in values]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def make(out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    folder = out / "model"
    new_model().save_pretrained(folder)
    shutil.copyfile(TOKENIZERS / "llama2/tokenizer.json", folder / "tokenizer.json")
    scorer = Scorer(
        LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager"),
        Tokenizer.from_file(str(folder / "tokenizer.json")),
    )
    source = random.Random(41)
    word = words(source)
    items = questions(source, word, QUESTIONS)
    others = questions(source, word, 8)
    texts = [sentence(source, word, 60) for _ in range(TEXTS)]
    write_lines(out / "task.jsonl", items)
    write_lines(out / "shots.jsonl", others)
    write_lines(out / "texts.jsonl", [{"text": text} for text in texts])
    expected = {
        "tasks": {
            "zero-shot": task(scorer, [], items),
            "two-shot": task(scorer, items[:2], items[2:]),
            "other-shot": task(scorer, others[:1], items),
        },
        "texts": {
            "stream": stream(scorer, texts, 48, 48),
            "stream-overlapping": stream(scorer, texts, 48, 16),
            "documents": documents(scorer, texts, LONGEST, LONGEST),
            "documents-overlapping": documents(scorer, texts, 40, 8),
        },
    }
    (out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder of the fixtures")
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    make(parser.parse_args().out)


if __name__ == "__main__":
    main()
