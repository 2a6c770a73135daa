"""Differential fuzzing: `python compare.py archive|page|requirement [COUNT] [SEED]`.

Prints each difference with its input, and then the number of executions of each verdict.
"""

from __future__ import annotations

import gc
import random
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "fuzz"), str(TESTS.parent / "src/sdist_upip/device")]


def main(name: str, count: str = "200000", seed: str = "0") -> int:
    mutate = getattr(import_module("mutations"), f"mutate_{name}")
    compare = getattr(import_module("differential"), f"compare_{name}")
    gc.collect = int  # upip calls it often, and it takes long in a process of this size
    verdicts: Counter[str] = Counter()
    for number in range(int(count)):
        case = mutate(random.Random(f"{seed} {number}"))
        try:
            verdicts[compare(*case)] += 1
        except Exception as error:
            verdicts["different"] += 1
            sys.stdout.write(f"{number}: {case!r:.1500}\n    {error!r}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{name}, {count} executions from seed {seed}: {dict(verdicts)}\n")
    return int(verdicts["different"] > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
