"""The pool of workers: a quick lane for everyone, a few slow places for whoever takes long, and an end for what takes too much.

A request waits in a bounded queue for a worker of the quick lane. One that is not done within `Limits.patience` moves to
a slow place: its worker is given the lowest priority, and a new one takes its place in the quick lane. When all slow
places are taken it is stopped. So what is cheap waits for what is cheap alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from kg.errors import StoreError, UsageError
from kg.faces.serve.answering import Refused
from kg.faces.serve.exchange import Asked, Reply
from kg.faces.serve.holding import Settings
from kg.faces.serve.routes import Route
from kg.faces.serve.worker import DEATH, HEAD, ORDER, Done, too_much

#: Seconds that a request waits for its turn at most, and after which one that was refused may ask again.
_TURN: Final = 5.0
_AGAIN: Final = "5"
#: Seconds that the graph may take to be read, and a worker to be born.
_OPENING: Final = 300.0
_BIRTH: Final = 30.0
_STARTS: Final = "from kg.faces.serve.worker import begin; begin()"

#: Waits until the one who asked has gone.
Gone = Callable[[], Awaitable[Any]]


class _Worker:
    """A worker as the server sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.pid = reader, writer, 0

    async def receive(self) -> Any:
        length = HEAD.unpack(await self.reader.readexactly(HEAD.size))[0]
        return pickle.loads(await self.reader.readexactly(length))

    async def ask(self, route: Route, asked: Asked) -> Done:
        data = pickle.dumps((route, asked), pickle.HIGHEST_PROTOCOL)
        self.writer.write(HEAD.pack(len(data)) + data)
        await self.writer.drain()
        done: Done = await self.receive()
        return done


class Pool:
    """Workers that answer, `quick` at once in the quick lane and `slow` in the slow one; `queue` may wait.

    `log` is told what went wrong inside, for whoever runs the server.
    """

    def __init__(
        self, settings: Settings, log: Callable[[str], None] = lambda _: None, *, quick: int = 0, slow: int = 0, queue: int = 256
    ) -> None:  # fmt: skip
        self.log = log
        cores = os.cpu_count() or 1
        self.limits = settings.limits
        self._settings = settings
        self._quick, self._slow, self._queue = quick or max(2, cores), slow or 2 * max(2, cores), queue
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._resting: set[int] = set()
        self._waiting = self._slowed = 0
        self._deaths: dict[int, asyncio.Future[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._nursery: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._stopping = False

    async def start(self) -> None:
        """Start the processes; return when the graph is open and the first worker listens.

        Raises:
            StoreError: the graph cannot be opened.
            UsageError: this system cannot fork.
        """
        if not hasattr(os, "fork"):
            raise UsageError("kg serve runs on Linux and macOS. On Windows, run it in the Windows Subsystem for Linux.")
        ours, theirs = socket.socketpair()
        path = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
        self._nursery = subprocess.Popen(
            [sys.executable, "-P", "-c", _STARTS, str(theirs.fileno())], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()], env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        theirs.close()
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(pickle.dumps(self._settings))
        self._nursery.stdin.close()
        ours.setblocking(False)
        self._control = ours.dup()
        reader, self._closes = await asyncio.open_connection(sock=ours)
        said = await asyncio.wait_for(reader.read(65536), _OPENING)
        if said != b"ready":
            self._nursery.wait()
            raise StoreError(said.decode(errors="replace") or "The process that opens the graph ended before it did.")
        self._begin(self._listen(reader))
        for _ in range(self._quick):
            await self._bear()

    async def stop(self) -> None:
        """End all processes."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        if self._control is not None:
            self._control.close()
            self._closes.close()
        if self._nursery is not None:
            try:
                await asyncio.to_thread(self._nursery.wait, 2)
            except subprocess.TimeoutExpired:
                self._nursery.kill()
                self._nursery.wait()

    async def answer(self, route: Route, asked: Asked, gone: Gone) -> Reply:
        """Answer a request in a worker.

        Raises:
            Refused: the server is full, or the request was stopped: 503, with the time after which to ask again.
        """
        worker = await self._turn()
        work = asyncio.ensure_future(worker.ask(route, asked))
        slow = kept = False
        try:
            done, _ = await asyncio.wait((work,), timeout=self.limits.patience)
            if not done:
                if self._slowed >= self._slow:
                    raise Refused(
                        503,
                        "The server is busy with slow questions, and this is one more. Ask again later, or for less.",
                        Retry_After=_AGAIN,
                    )
                slow = True
                self._slowed += 1
                self._order(b"L", worker.pid)
                self._replace()
                await self._patiently(work, gone)
            told = work.result()
            if told.trace:
                self.log(told.trace)
            kept = not told.last and not slow
            return told.reply
        except (asyncio.IncompleteReadError, ConnectionError):
            raise await self._why(worker) from None
        finally:
            work.cancel()
            if slow:
                self._slowed -= 1
            if kept:
                self._rest(worker)
            else:
                self._end(worker)
                if not slow:
                    self._replace()

    async def _turn(self) -> _Worker:
        """Wait for a worker of the quick lane."""
        full = Refused(503, "The server is full. Ask again in a few seconds.", Retry_After=_AGAIN)
        if self._waiting >= self._queue:
            raise full
        self._waiting += 1
        try:
            async with asyncio.timeout(_TURN):
                while True:
                    worker = await self._idle.get()
                    known = worker.pid in self._resting
                    self._resting.discard(worker.pid)
                    if known and not worker.reader.at_eof():
                        return worker
                    self._end(worker)  # it was ended from outside while it waited
                    if known:
                        self._replace()
        except TimeoutError:
            raise full from None
        finally:
            self._waiting -= 1

    async def _patiently(self, work: asyncio.Future[Done], gone: Gone) -> None:
        """Wait until it is done, its time is over, or nobody waits for it any more."""
        left = asyncio.ensure_future(gone())
        try:
            rest = max(self.limits.seconds - self.limits.patience, 0)
            await asyncio.wait((work, left), timeout=rest, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left.cancel()
        if work.done():
            return
        if left.done() and not left.cancelled():
            raise Refused(499, "The one who asked has gone.")
        raise self._late(" Ask for less: a LIMIT, fewer patterns, or patterns that are joined by a variable.")

    def _late(self, more: str = "") -> Refused:
        words = f"This took longer than {self.limits.seconds:g} seconds and was stopped.{more}"
        return Refused(503, words, Retry_After=_AGAIN)

    async def _why(self, worker: _Worker) -> Refused:
        """Say why a worker ended before it answered."""
        dead = self._deaths.setdefault(worker.pid, asyncio.get_running_loop().create_future())
        try:
            code = await asyncio.wait_for(asyncio.shield(dead), 2)
        except TimeoutError:
            code = 0
        if code == -signal.SIGALRM:
            return self._late()
        return Refused(503, too_much(self.limits), Retry_After=_AGAIN)

    def _replace(self) -> None:
        """Have a new worker in the quick lane for one that has left it."""
        if not self._stopping:
            self._begin(self._bear())

    async def _bear(self) -> None:
        """Have a worker forked, and put it into the quick lane when it listens."""
        while not self._stopping:
            ours, theirs = socket.socketpair()
            ours.setblocking(False)
            try:
                assert self._control is not None
                socket.send_fds(self._control, [ORDER.pack(b"F", 0)], [theirs.fileno()])
                theirs.close()
                worker = _Worker(*await asyncio.open_connection(sock=ours, limit=1 << 20))
                worker.pid = await asyncio.wait_for(worker.receive(), _BIRTH)
                self._deaths.pop(worker.pid, None)  # of an earlier one that had this number
                self._rest(worker)
                return
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                ours.close()
                theirs.close()
                await asyncio.sleep(0.5)  # the system has no process or memory left for it; perhaps soon

    def _rest(self, worker: _Worker) -> None:
        self._resting.add(worker.pid)
        self._idle.put_nowait(worker)

    def _end(self, worker: _Worker) -> None:
        self._order(b"K", worker.pid)
        worker.writer.close()

    def _order(self, what: bytes, pid: int) -> None:
        if self._control is not None and not self._stopping:
            with contextlib.suppress(OSError):
                self._control.send(ORDER.pack(what, pid))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Take note of deaths; when the nursery itself has died, the server cannot go on and ends."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                pid, code = DEATH.unpack(await reader.readexactly(DEATH.size))
                dead = self._deaths.setdefault(pid, asyncio.get_running_loop().create_future())
                if not dead.done():
                    dead.set_result(code)
                if pid in self._resting:
                    self._resting.discard(pid)
                    self._replace()
                while len(self._deaths) > 256:
                    del self._deaths[next(iter(self._deaths))]
        if not self._stopping:
            self.log("The process that holds the graph has ended; the server ends with it.")
            signal.raise_signal(signal.SIGTERM)

    def _begin(self, what: Any) -> None:
        task = asyncio.ensure_future(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
