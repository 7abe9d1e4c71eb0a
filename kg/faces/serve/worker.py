"""The processes that answer: a nursery that holds the graph, and the workers that it forks, each asked one thing at a time.

A fork shares the graph that the nursery has read into memory and what it has imported, so that a worker that was killed
is replaced within some ten milliseconds. The server speaks with the nursery over a socket: F with a socket asks for a
worker that listens there, K kills one, L lowers the priority of one; the nursery tells every death. When the server is
gone, however it ended, the nursery ends them all; each ends by itself when a job outlasts its time.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import signal
import socket
import struct
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

from kg.errors import KgError
from kg.faces.serve.exchange import Asked, Limits, Reply, Site
from kg.faces.serve.holding import Held, Settings

#: How a command to the nursery, a death that it tells, and the head of a message between server and worker are packed.
ORDER: Final = struct.Struct(">cq")
DEATH: Final = struct.Struct(">qq")
HEAD: Final = struct.Struct(">Q")

#: Seconds that a worker outlives its limit by, before it ends even when nobody is left to stop it.
GRACE: Final = 1.0
#: MB that a worker may have grown by after a job; a larger one is replaced.
_GROWTH: Final = 96
#: Seconds without an order after which the nursery has time for the files of the release.
_SETTLED: Final = 5.0
#: The priority of a slow one: 19 is the lowest there is.
_LOW: Final = 19


@dataclass(frozen=True)
class Done:
    """What a worker sends back: a reply, whether it ends after it, and what went wrong inside that a person should read."""

    reply: Reply
    last: bool = False
    trace: str = ""


def nursery(control: socket.socket, settings: Settings) -> NoReturn:
    """Hold the graph and fork workers until the server is gone."""
    import gc
    import select

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the server then ends them in order
    try:
        held = Held(settings)
        if held.shared:
            _prepare(held)
            held.rest()
    except Exception as fault:
        if not isinstance(fault, KgError):
            traceback.print_exc()
        control.sendall(str(fault).encode())
        os._exit(1)
    gc.collect()
    gc.freeze()  # what is here stays: going through it would copy its pages in every worker
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    control.sendall(b"ready")
    children: set[int] = set()
    waits: float | None = _SETTLED
    while True:
        ready, _, _ = select.select([control.fileno(), woken], [], [], waits)
        if not ready:  # nothing is asked for just now: the files of the release are written beside, once
            waits = None
            if child := _write_files(held):
                children.add(child)
            continue
        if woken in ready:
            os.read(woken, 512)
            _bury(children, control)
        if control.fileno() not in ready:
            continue
        try:
            order, sockets, _, _ = socket.recv_fds(control, ORDER.size, 1)
        except OSError:
            order, sockets = b"", []
        if len(order) < ORDER.size:  # the server is gone
            for child in children:
                os.kill(child, signal.SIGKILL)
            os._exit(0)
        what, number = ORDER.unpack(order)
        if what == b"F" and sockets:
            child = os.fork()
            if not child:
                os.close(woken)
                os.close(wakes)
                control.close()
                _begin(socket.socket(fileno=sockets[0]), held, settings.limits)
            os.close(sockets[0])
            children.add(child)
        elif what == b"K" and number in children:
            os.kill(number, signal.SIGKILL)
        elif what == b"L" and number in children:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, number, _LOW)


def _prepare(held: Held) -> None:
    """Import and read in what answers need, once for all workers: what each had to do anew would make its first one slow.

    A page that is not there yet is passed over.
    """
    from kg.faces.serve.answering import answered
    from kg.faces.serve.routes import ROUTES, Route

    site = held.site()
    for module in {route.answer.partition(":")[0] for route in ROUTES}:
        with contextlib.suppress(ImportError):
            importlib.import_module(f"kg.faces.serve.{module}")
    for path, answer in (
        ("/", "pages.home:home"),
        ("/sparql", "protocol:sparql"),
        ("/doc/kind/icb", "pages.thing:thing"),
    ):
        parts = dict(zip(("category", "key"), path.split("/")[2:], strict=False))
        with contextlib.suppress(Exception):
            answered(site, Route(path, answer), Asked(path, parts=parts, headers={"accept": "text/html"}))
    graph = Asked("/sparql", query=(("query", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1"),))
    answered(site, Route("/sparql", "protocol:sparql"), graph)


def _write_files(held: Held) -> int:
    """Write what can be downloaded, in a process of its own at the lowest priority; give its number, 0 when all is there."""
    from kg.faces.serve import files

    if not held.shared or not files.missing(held.site().graph.graph):
        return 0
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            os.setpriority(os.PRIO_PROCESS, 0, _LOW)
            files.write(held.site(forked=True).graph.graph)
        os._exit(0)
    return child


def _bury(children: set[int], control: socket.socket) -> None:
    """Take up the children that have ended, and tell how each did."""
    for child in [*children]:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            children.discard(child)
            with contextlib.suppress(OSError):
                control.sendall(DEATH.pack(child, os.waitstatus_to_exitcode(status)))


def _begin(server: socket.socket, held: Held, limits: Limits) -> NoReturn:
    """Be a worker, in a process just forked."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        if not os.environ.get(
            "KG_DEBUG"
        ):  # an engine that dies of too much says so there, and the server says it again
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        _bound_memory(limits.memory)
        work(server, held.site(forked=True))
        code = 0
    except (KgError, OSError, MemoryError):
        pass  # the server sees the socket close
    finally:
        os._exit(code)


def work(server: socket.socket, site: Site) -> None:
    """Answer what the server asks, one after the other, until it hangs up or this process has grown too large."""
    stream = server.makefile("rwb")

    def send(what: Any) -> None:
        data = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
        stream.write(HEAD.pack(len(data)))
        stream.write(data)
        stream.flush()

    send(os.getpid())
    began = _resident()
    while head := stream.read(HEAD.size):
        route, asked = pickle.loads(stream.read(HEAD.unpack(head)[0]))
        signal.setitimer(signal.ITIMER_REAL, site.limits.seconds + GRACE)
        done = _finished(site, route, asked)
        grown = _resident() - began > _GROWTH
        send(Done(done.reply, done.last or grown, done.trace))
        signal.setitimer(signal.ITIMER_REAL, 0)
        if done.last or grown:
            return


def _finished(site: Site, route: Any, asked: Asked) -> Done:
    """Answer, whatever happens; pack the reply as it goes over the wire."""
    from kg.faces.serve.answering import answered, told, too_large
    from kg.faces.serve.packing import packed

    try:
        reply = answered(site, route, asked)
        if len(reply.body) > site.limits.size:
            reply = told(asked, 422, too_large(site))
        return Done(packed(asked, reply))
    except MemoryError:
        return Done(told(asked, 503, too_much(site.limits)), last=True)
    except RecursionError:
        return Done(told(asked, 400, "The request is nested too deep to be read. Write it with fewer brackets."))
    except Exception:
        words = "Something went wrong inside the server that should not have. It is written in its log; please report it with the address that you asked."
        return Done(told(asked, 500, words), trace=f"{asked.method} {asked.path}\n{traceback.format_exc()}")


def too_much(limits: Limits) -> str:
    """Say that a request needed more than there is for one."""
    return (
        f"This needed more memory, or was nested deeper, than one request may here ({limits.memory:,} MB). Ask for less: "
        "a LIMIT, fewer patterns, or patterns that are joined by a variable."
    )


def _bound_memory(most: int) -> None:
    """Let this process take so many MB more than it holds now; where the system keeps no such bound, there is none."""
    import resource

    with contextlib.suppress(OSError, ValueError):
        lines = Path("/proc/self/status").read_text().splitlines()
        held = next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmData"))
        resource.setrlimit(resource.RLIMIT_DATA, (held + (most << 20),) * 2)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _resident() -> int:
    """Give the MB that this process has in memory; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
    except OSError:
        return 0


def begin() -> NoReturn:
    """Be the nursery, in a process just started: the socket is named by the first word, the settings come by standard input."""
    nursery(socket.socket(fileno=int(sys.argv[1])), pickle.loads(sys.stdin.buffer.read()))
