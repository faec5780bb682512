"""Makes gpu-actor's tokenizer fixtures: small tokenizers of the kinds that LLaMA 1 to 3 have, the
ids and texts that Hugging Face's and Google's own libraries give, and what `tokenizers` learns
from a small corpus.

Needs: tokenizers, sentencepiece. Run: python make_tokenizer_fixtures.py OUT_FOLDER
"""

import json
import os
import random
import sys

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers, processors, trainers

LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

TEXTS = [
    "", " ", "  ", "\n", "\n\n", " a", "a ", "  a  b  ", "\t\tx\n  y", "Hello world", " Hello",
    "it's we're I'VE they'll don't 'd 's", "1234567 3.14 1,000", "naïve café Ærø", "Ωμέγα слово",
    "日本語のテキスト", "한국어", "😀 👩‍👩‍👧 🇫🇷", "e\u0301 \u00e9", "\u2581under\u2581line", "a\u00a0b\u3000c\u2028d",
    "x\u0000y", "a\r\nb\r\n", "<s> </s> <unk>", "<|begin_of_text|>x<|end_of_text|>", "<0x41> <0xE2>",
    "def f(x):\n    return x + 1\n\n\nclass A:\n\tpass\n", "....!!!???", "----====", "a" * 50, " " * 20,
    "\u0301\u0301", "½ ² Ⅷ ٣", "\uffff\ufdd0", "\U0010ffff", "ſ ß İ ı", "ends with space ", "\n ends",
]


def corpus():
    rng = random.Random(7)
    alphabets = ["aeioubcdfgklmnprst", "αβγδεζηθικλμ", "абвгдежзиклмно", "日月火水木金土人大", "éàüñçøß"]
    weights = [20, 1, 2, 1, 1]

    def word():
        letters = rng.choices(alphabets, weights)[0]
        made = "".join(rng.choice(letters) for _ in range(rng.randint(1, 7)))
        return made.capitalize() if rng.random() < 0.1 else made

    words = [word() for _ in range(900)]
    lines = []
    for _ in range(1500):
        parts = []
        for _ in range(rng.randint(1, 12)):
            kind = rng.random()
            if kind < 0.85:
                parts.append(words[min(int(rng.expovariate(1 / 120)), len(words) - 1)])
            elif kind < 0.9:
                parts.append(str(rng.randint(0, 3000)))
            elif kind < 0.95:
                parts.append(rng.choice(["it's", "we're", "can't", "I'll", "...", "(x)", "😀", "a-b"]))
            else:
                parts.append(" ")
        end = rng.choice([".", "!", "", ",", "\n", "\n\n    "])
        lines.append(" ".join(parts) + end)
    return "\n".join(lines) + "\n"


def byte_level(corpus_text, size):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([corpus_text], trainer)
    return tokenizer


def llama3(corpus_text):
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(LLAMA3), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=700, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator([corpus_text], trainer)
    names = ["<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|eot_id|>"]
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names])
    begin = tokenizer.token_to_id(names[0])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=names[0] + " $A", special_tokens=[(names[0], begin)]
    )
    return tokenizer


def sentence_piece(corpus_file, prefix):
    sentencepiece.SentencePieceTrainer.train(
        input=corpus_file,
        model_prefix=prefix,
        vocab_size=600,
        model_type="bpe",
        byte_fallback=True,
        character_coverage=0.99,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        split_digits=True,
        allow_whitespace_only_pieces=True,
        minloglevel=2,
        num_threads=1,
    )
    os.remove(prefix + ".vocab")
    return sentencepiece.SentencePieceProcessor(model_file=prefix + ".model")


def llama2(pieces):
    """The tokenizer.json of a SentencePiece model, as conversions of LLaMA 2 make it."""
    vocab = {pieces.id_to_piece(i): i for i in range(pieces.get_piece_size())}
    merges = []
    for piece, i in vocab.items():
        if pieces.is_control(i) or pieces.is_byte(i) or pieces.is_unknown(i):
            continue
        splits = [(piece[:k], piece[k:]) for k in range(1, len(piece))]
        splits = [(a, b) for a, b in splits if a in vocab and b in vocab]
        splits.sort(key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))
        merges += [(pieces.get_score(i), pair) for pair in splits]
    merges.sort(key=lambda merge: -merge[0])
    tokenizer = Tokenizer(
        models.BPE(
            vocab, [pair for _, pair in merges], unk_token="<unk>", fuse_unk=True, byte_fallback=True
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")]
    )
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace("\u2581", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    names = ["<unk>", "<s>", "</s>"]
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", 1)]
    )
    return tokenizer


def plain(tokenizer, text):
    """Ids of text in which nothing is a special token, and what they decode to."""
    tokenizer.encode_special_tokens = True
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    return {"ids": ids, "text": tokenizer.decode(ids, skip_special_tokens=True)}


def main(out):
    os.makedirs(out, exist_ok=True)
    text = corpus()
    corpus_file = os.path.join(out, "corpus.txt")
    with open(corpus_file, "w", encoding="utf-8", newline="") as file:
        file.write(text)

    learnt = json.loads(byte_level(text, 1500).to_str())["model"]
    with open(os.path.join(out, "learnt.json"), "w", encoding="utf-8") as file:
        tokens = sorted(learnt["vocab"], key=learnt["vocab"].get)
        merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in learnt["merges"]]
        json.dump({"tokens": tokens, "merges": merges}, file, ensure_ascii=False, indent=0)

    pieces = sentence_piece(corpus_file, os.path.join(out, "pieces"))
    three = llama3(text)
    two = llama2(pieces)
    for name, tokenizer in {"llama2": two, "llama3": three}.items():
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        tokenizer.save(os.path.join(folder, "tokenizer.json"), pretty=False)

    lines = [line for line in text.split("\n") if line][:150]
    cases = []
    for case in TEXTS + lines:
        ids = pieces.encode(case)
        cases.append(
            {
                "text": case,
                "llama2": plain(two, case),
                "llama3": plain(three, case),
                "pieces": {"ids": ids, "text": pieces.decode(ids)},
            }
        )
    with open(os.path.join(out, "cases.json"), "w", encoding="utf-8") as file:
        json.dump(cases, file)


if __name__ == "__main__":
    main(sys.argv[1])
