"""The `raadslag` command: a thin way into the same actions as the pages.

Each command stands in a module of its own, which adds its arguments in `register` and imports what it
needs only when it runs, so that `raadslag read` does not wait for a web framework.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from raadslag import __version__
from raadslag.cli import archive, demo, doctor, read, redact, screen, serve, watch, whole, workspace, write
from raadslag.core.errors import RaadslagError
from raadslag.web.garbage import BETWEEN_FILES, look_less_often

COMMANDS = (read, write, screen, redact, archive, workspace, serve, whole, doctor, watch, demo)

INTERRUPTED = 130  # what a shell reports for a command that Ctrl-C ended
PIPE_CLOSED = 141  # and for one whose reader went away


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 for success, 2 for wrong usage, the rest by command."""
    look_less_often(BETWEEN_FILES)  # the modules that a command loads leave little behind
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.run is None:
        parser.print_help(sys.stderr)
        return 2
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # a file name may hold what no encoding knows
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except RaadslagError as error:
        print(f"raadslag: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # `raadslag read … | head` is no error. Python would flush once more at exit, so give it a sink.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="raadslag",
        description="Read, write, check and publish the agendas and minutes of a municipality.",
        epilog="Give a command and --help to see what it takes, for example: raadslag read --help",
    )
    parser.add_argument("--version", action="version", version=f"raadslag {__version__}")
    parser.set_defaults(run=None)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        command.register(subparsers)
    return parser
