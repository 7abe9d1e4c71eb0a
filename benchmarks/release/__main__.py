"""`python -m benchmarks.release OUT.zip --scale 1`: write a model of the publisher's release."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from benchmarks.release import write


def main() -> None:
    """Write one release and print what it holds."""
    parser = argparse.ArgumentParser(description="Write a model of the publisher's monthly release.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is the release of 28 August 2026, 392,906 records")
    asked = parser.parse_args()
    began = time.perf_counter()
    counts = write(asked.out, asked.scale)
    for name, count in counts._asdict().items():
        print(f"{name}: {count:,}")
    print(f"{asked.out}: {asked.out.stat().st_size / 1e6:.1f} MB in {time.perf_counter() - began:.0f} s")


main()
