"""Times whole training steps in PyTorch on the CPU: the peer of `./troupe bench step`.

    python deploy/src/main/python/bench_step.py --size 256 --mode compile --precision bf16
    python deploy/src/main/python/bench_step.py --size 256 --world 2 --parallel tp

A step is forward, loss, backward, clipping by global norm 1.0, and fused AdamW at 1e-3. Sizes:

    256: hidden 256, 8 layers, 8 heads, ffn 688,  256 tokens x 8 sequences, vocabulary 4096
    512: hidden 512, 8 layers, 8 heads, ffn 1376, 512 tokens x 4 sequences, vocabulary 4096

bf16 is autocast over float32 parameters. `--world 2` runs two processes over gloo with half of the
threads each: `dp` splits the batch (DistributedDataParallel), `tp` splits every layer as Megatron
does. All of these start from the same weights and repeat the same batch, so their losses fall,
and agree to rounding.

`--avx512` lets PyTorch's MKL use AVX-512 on a CPU that Intel did not make, where it otherwise keeps
to AVX2: a preloaded library (compiled on the spot by cc) answers MKL's question for the maker.
Compare with and without: the difference is MKL's choice, not PyTorch's.

Prints one line of JSON to stdout: tokens_per_second (from the median step), step_ms_median,
step_ms_min, peak_rss_mib (sum over the processes), loss_first, loss_last, the settings, the
version, the CPU. Exit code 2 where a setting is wrong or something is missing (PyTorch, a
compiler), 1 where a process failed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

STEPS = {256: 20, 512: 10}
SEED = 1234


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, choices=(256, 512), default=256)
    parser.add_argument("--mode", choices=("eager", "compile"), default="eager")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--threads", type=int, default=2, help="of all processes together")
    parser.add_argument("--steps", type=int, help="timed steps (size 256: 20, size 512: 10)")
    parser.add_argument("--warmup", type=int, default=2, help="steps before them")
    parser.add_argument("--world", type=int, choices=(1, 2), default=1, help="processes")
    parser.add_argument("--parallel", choices=("tp", "dp"), default="dp")
    parser.add_argument("--avx512", action="store_true")
    parser.add_argument("--rank", type=int, help=argparse.SUPPRESS)  # set by launch()
    parser.add_argument("--store", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.steps is None:
        options.steps = STEPS[options.size]
    if min(options.steps, options.warmup, options.threads) < 1:
        parser.error("--steps, --warmup and --threads must be at least 1")
    return options


def require(options: argparse.Namespace) -> None:
    """Ends with code 2 and the remedy where something that the settings need is missing."""
    if importlib.util.find_spec("torch") is None:
        fail("PyTorch is not installed for this Python: pip install torch numpy")
    if options.mode == "compile" and shutil.which(os.environ.get("CXX", "g++")) is None:
        fail("--mode compile needs a C++ compiler: install g++ or set CXX")
    if options.avx512:
        if sys.platform != "linux" or "avx512f" not in cpu_info("flags").split():
            fail("--avx512 needs Linux on a CPU with AVX-512")
        if shutil.which("cc") is None:
            fail("--avx512 needs a C compiler: install cc")


def fail(message: str) -> NoReturn:
    print(f"bench_step.py: {message}", file=sys.stderr)
    sys.exit(2)


def cpu_info(field: str) -> str:
    path = Path("/proc/cpuinfo")
    for line in path.read_text().splitlines() if path.exists() else ():
        key, _, value = line.partition(":")
        if key.strip() == field:
            return value.strip()
    return platform.processor()


def launch(options: argparse.Namespace) -> int:
    """Starts one process a rank and ends all when one fails or this one is told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="bench-step-") as folder:
        environment = dict(os.environ)
        if options.avx512:
            environment["LD_PRELOAD"] = " ".join(
                filter(None, (compile_shim(Path(folder)), environment.get("LD_PRELOAD")))
            )
        command = [sys.executable, *sys.argv, "--store", f"{folder}/store"]
        processes = [
            subprocess.Popen([*command, "--rank", str(rank)], env=environment)
            for rank in range(options.world)
        ]
        try:
            while True:
                codes = [process.poll() for process in processes]
                for rank, code in enumerate(codes):
                    if code:  # negative: the number of a signal
                        print(f"bench_step.py: rank {rank} ended with {code}", file=sys.stderr)
                        return 1
                if None not in codes:
                    return 0
                time.sleep(0.05)
        finally:
            for process in processes:
                process.kill()
                process.wait()


def compile_shim(folder: Path) -> str:
    source, library = folder / "shim.c", folder / "shim.so"
    source.write_text("int mkl_serv_intel_cpu_true(void) { return 1; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    return str(library)


def peak_rss_mib() -> float:
    """Peak resident memory of this process alone."""
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def work(options: argparse.Namespace) -> None:
    """One rank: builds the model, steps it, and on rank 0 prints the result."""
    rank = options.rank or 0
    threads = max(1, options.threads // options.world)
    os.environ["OMP_NUM_THREADS"] = str(threads)

    import torch
    import torch.distributed as dist

    import bench_training

    torch.set_num_threads(threads)
    if options.world > 1:
        dist.init_process_group(
            "gloo", init_method=f"file://{options.store}", rank=rank, world_size=options.world
        )
    training = bench_training.Training(
        bench_training.SIZES[options.size],
        seed=SEED,
        rank=rank,
        tp=options.world if options.parallel == "tp" else 1,
        dp=options.world if options.parallel == "dp" else 1,
        compiled=options.mode == "compile",
        bf16=options.precision == "bf16",
    )
    seconds, losses = [], []
    for _ in range(options.warmup + options.steps):
        start = time.perf_counter()
        losses.append(training.step())
        seconds.append(time.perf_counter() - start)
    totals = torch.tensor([peak_rss_mib()])
    if options.world > 1:
        dist.all_reduce(totals)
        dist.destroy_process_group()
    if rank == 0:
        median = statistics.median(seconds[options.warmup :])
        result = {
            "tokens_per_second": round(training.tokens_per_step / median, 1),
            "step_ms_median": round(median * 1e3, 2),
            "step_ms_min": round(min(seconds[options.warmup :]) * 1e3, 2),
            "peak_rss_mib": round(totals.item()),
            "loss_first": losses[0],
            "loss_last": losses[-1],
            "size": options.size,
            "mode": options.mode,
            "precision": options.precision,
            "threads": threads * options.world,
            "world": options.world,
            "parallel": options.parallel if options.world > 1 else "none",
            "mkl": "avx512" if options.avx512 else "default",
            "steps": options.steps,
            "warmup": options.warmup,
            "torch": torch.__version__,
            "cpu": cpu_info("model name"),
        }
        print(json.dumps(result), flush=True)


def main() -> int:
    options = parse()
    if options.rank is None:
        require(options)
        if options.world > 1 or options.avx512:
            return launch(options)
    work(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
