"""The command line in a new process for each command, forked from one that has read its modules already.

A test of what is printed does not need Python to start anew: that takes most of the time of a command. This module is the
program that is forked from; tests of the start itself, of other environments and folders run `python -m kg`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_READ: Final = (
    "kg.faces.cli.questions", "kg.faces.cli.drawing", "kg.faces.cli.queries", "kg.faces.cli.tables", "kg.faces.library",
    "kg.faces.text", "kg.faces.tables", "kg.answers.ask", "kg.answers.lineage", "kg.answers.membership", "kg.answers.census",
    "kg.answers.people", "kg.answers.coverage", "kg.answers.difference", "kg.answers.timeline", "kg.answers.description",
    "kg.answers.contested", "yaml",
)  # fmt: skip


class Nursery:
    """A process that forks one for each command."""

    def __init__(self, folder: Path, cwd: Path, env: Mapping[str, str]) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=cwd,
            env={**env, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent.parent), env.get("PYTHONPATH", "")])},
        )  # fmt: skip

    def run(self, args: Sequence[str | bytes]) -> tuple[int, bytes, bytes]:
        """Run a command; give its exit code and both of its streams."""
        out, err = self._folder / "out", self._folder / "err"
        order = {"args": [os.fsdecode(word) for word in args], "out": str(out), "err": str(err)}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        code = self._process.stdout.readline()
        if not code:
            raise RuntimeError("the process that commands are forked from has ended")
        return int(code), out.read_bytes(), err.read_bytes()

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def _serve() -> None:
    """Read what commands are made of, then fork one for each order."""
    import importlib

    orders, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    for module in _READ:
        importlib.import_module(module)
    for line in orders:
        order: dict[str, Any] = json.loads(line)
        pid = os.fork()
        if pid == 0:
            for stream, place in ((1, order["out"]), (2, order["err"])):
                os.dup2(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
            sys.argv = ["kg", *order["args"]]
            from kg.faces.cli import main

            main()
        told.write(b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    _serve()
