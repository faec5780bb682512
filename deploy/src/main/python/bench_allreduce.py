#!/usr/bin/env python3
"""Times float32 sum all-reduces of torch.distributed over gloo, for `troupe bench allreduce`.

    bench_allreduce.py --ranks 2 1024:200 1048576:200

Starts a process a rank. As AllReduceTiming.java does it: every rank writes its data anew, all meet,
the all-reduce is timed, every sum is checked. Prints a line a size: its bytes and the median time
in seconds. Exit code 2 where PyTorch is missing, 1 where a process failed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

VALUES = 100
PATTERN = 8


def size(text: str) -> tuple[int, int]:
    total, iterations = (int(number) for number in text.split(":"))
    if total < 4 or total % 4 or iterations < 1:
        raise ValueError(text)
    return total, iterations


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("sizes", nargs="+", type=size, metavar="BYTES:ITERATIONS")
    parser.add_argument("--rank", type=int, help=argparse.SUPPRESS)  # set by launch()
    parser.add_argument("--store", help=argparse.SUPPRESS)
    return parser.parse_args()


def launch(ranks: int) -> int:
    """Starts the processes and ends all when one fails or this one is told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="bench-allreduce-") as folder:
        command = [sys.executable, *sys.argv, "--store", f"{folder}/store", "--rank"]
        environment = dict(os.environ, OMP_NUM_THREADS="1")
        processes = [
            subprocess.Popen([*command, str(rank)], env=environment) for rank in range(ranks)
        ]
        try:
            while True:
                codes = [process.poll() for process in processes]
                for rank, code in enumerate(codes):
                    if code:  # negative: the number of a signal
                        print(f"bench_allreduce.py: rank {rank} ended with {code}", file=sys.stderr)
                        return 1
                if None not in codes:
                    return 0
                time.sleep(0.05)
        finally:
            for process in processes:
                process.kill()
                process.wait()


def work(options: argparse.Namespace) -> None:
    import torch
    import torch.distributed as dist

    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo", init_method=f"file://{options.store}", rank=options.rank, world_size=options.ranks
    )
    ranks = options.ranks

    def run(data: torch.Tensor, pattern: torch.Tensor, iterations: int) -> list[float]:
        seconds = []
        for i in range(iterations):
            value = i % VALUES + 1
            torch.add(pattern, value * (options.rank + 1), out=data)
            dist.barrier()
            start = time.perf_counter()
            dist.all_reduce(data)
            seconds.append(time.perf_counter() - start)
            expected = pattern * ranks + value * (ranks * (ranks + 1) // 2)
            if not torch.equal(data, expected):
                raise SystemExit("wrong sum")
        return seconds

    for total, iterations in options.sizes:
        pattern = torch.arange(total // 4, dtype=torch.int64).remainder(PATTERN).float()
        data = torch.empty_like(pattern)
        run(data, pattern, -(-iterations // 10))
        median = statistics.median(run(data, pattern, iterations))
        if options.rank == 0:
            print(f"{total} {median:.9f}", flush=True)
    dist.destroy_process_group()


def main() -> int:
    options = parse()
    if options.rank is not None:
        work(options)
        return 0
    if importlib.util.find_spec("torch") is None:
        print(
            "bench_allreduce.py: PyTorch is not installed for this Python: pip install torch numpy",
            file=sys.stderr,
        )
        return 2
    return launch(options.ranks)


if __name__ == "__main__":
    sys.exit(main())
