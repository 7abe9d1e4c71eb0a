"""`python -m benchmarks`: measure, and print a report to quote from."""

from __future__ import annotations

import os
import platform

from benchmarks import cold_start, diagrams, files, recoding, remote, saved_queries


def main() -> None:
    """Run every benchmark."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    every = (
        ("Cold start", cold_start.run), ("Saved queries", saved_queries.run), ("Recoding", recoding.run), ("Files", files.run),
        ("Diagrams", diagrams.run), ("Engines elsewhere", remote.run),
    )  # fmt: skip
    for title, measured in every:
        print(f"\n{title}", flush=True)
        for line in measured():
            print(f"  {line}", flush=True)


main()
