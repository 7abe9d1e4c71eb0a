"""`python -m benchmarks`: measure, and print a report to quote from."""

from __future__ import annotations

import os
import platform

from benchmarks import cold_start, saved_queries


def main() -> None:
    """Run every benchmark."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    for title, measured in (("Cold start", cold_start.run), ("Saved queries", saved_queries.run)):
        print(f"\n{title}", flush=True)
        for line in measured():
            print(f"  {line}", flush=True)


main()
