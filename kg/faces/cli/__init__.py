"""The command line: parse, call, print. The only package that prints, exits and reads the clock.

A module of commands is read only when one of its commands is asked, or when all are wanted: for the list of
commands, for the completion of a shell, and for the page of commands.
"""

# No `from __future__ import annotations` here: Typer would have to compile every annotation again at each start.
import contextlib
import importlib
import os
import sys
from itertools import chain
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from kg.errors import KgError, UsageError
from kg.faces.cli.console import say

#: The modules of commands and the commands of each, in the order in which kg --help lists them.
COMMANDS = {
    "questions": (
        "ask", "became", "before", "lineage", "members", "memberships", "timeline",
        "count", "population", "coverage", "show", "diff", "find",
    ),
    "drawing": ("draw",),
    "tables": ("vintage", "crosswalk"),
    "queries": ("queries", "query", "sparql"),
    "graph": ("build", "check", "push", "export"),
    "ingesting": ("ingest",),
    "shares": ("shares",),
    "publisher": ("reconcile",),
    "serving": ("serve", "site"),
}  # fmt: skip
#: What names a column of a table, which may have an empty heading.
_OF_A_COLUMN = ("--column", "-c", "--by")


def main() -> NoReturn:
    """Run the command line; every fault leaves one paragraph on standard error and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    # Words that are not UTF-8 reach Python as halves of characters, which nothing that is looked up can hold.
    sys.argv[1:] = [word.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for word in sys.argv[1:]]
    code = 0
    try:
        _refuse_empty(sys.argv[1:])
        app = assemble(sys.argv[1] if len(sys.argv) > 1 and "_KG_COMPLETE" not in os.environ else "")
        code = app(prog_name="kg", standalone_mode=False) or 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except TyperException as error:
        code = _told(error)
    except typer.Abort:
        code = 130
    except KgError as error:
        say(str(error))
        code = error.exit_code
    except BrokenPipeError:
        code = 0  # the reader (head, less) has gone; there is nobody to tell
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        if os.environ.get("KG_DEBUG"):
            raise
        say(
            f"kg met something it did not expect ({type(error).__name__}: {error}). This is a fault in kg: please "
            "report it with the command you gave. With KG_DEBUG=1 it says where."
        )
        code = 70
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    # Nothing is left to write, and taking the interpreter and the store down in order takes a tenth of the whole time.
    os._exit(code)


def _refuse_empty(words: list[str]) -> None:
    """Refuse a word with nothing in it, as a variable that is not set leaves: as a path it would be this folder."""
    for before, word in zip(["", *words], words, strict=False):
        option, equals, value = word.partition("=") if word.startswith("--") else (before, "=", word)
        if not equals or value.strip() or option in _OF_A_COLUMN:
            continue
        what = option if option.startswith("-") else "A word of the command"
        command = words[0] if words[0] in chain.from_iterable(COMMANDS.values()) else ""
        raise UsageError(f"{what} is empty. Give it a value. See {f'kg {command}'.strip()} --help.")


def _told(error: TyperException) -> int:
    """Say in one paragraph what is wrong with the words of a command; without any words, how it is used."""
    told, context = getattr(error, "format_message", lambda: str(error))(), getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        say(told)
    else:
        where = context.command_path if context else "kg"
        words = told.replace("Value error, ", "")
        say(f"{words}{'' if words.endswith(('.', '?')) else '.'} See {where} --help.")
    return int(getattr(error, "exit_code", 2))


def assemble(word: str = "") -> typer.Typer:
    """Give the command line with the one command that a word names, or with every command when it names none.

    The others are left unread: Typer inspects every parameter of every command at each start.
    """
    app = typer.Typer(
        name="kg", add_completion=True, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Ask what the integration structures of the NHS in England were, what each became, who belonged to what, "
        "how many people they served, and on whose word. Not an NHS service.",
    )  # fmt: skip
    app.callback(invoke_without_command=True)(_version)
    home = [module for module, words in COMMANDS.items() if word in words]
    for module in home or COMMANDS:
        commands = importlib.import_module(f"{__name__}.{module}").commands
        app.registered_commands += commands.registered_commands
        app.registered_groups += commands.registered_groups
    if home:
        app.registered_commands = [
            command for command in app.registered_commands if command.callback and command.callback.__name__ == word
        ]
    return app


def _version(version: Annotated[bool, typer.Option("--version", help="Print the release and stop.")] = False) -> None:
    if version:
        from kg import RELEASE

        typer.echo(f"kg {RELEASE}")
        raise typer.Exit


def __getattr__(name: str) -> typer.Typer:
    """Give `app`, the command line with every command, to whoever reads it and does not run it."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    app = globals()["app"] = assemble()
    return app
