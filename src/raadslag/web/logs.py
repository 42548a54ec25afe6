"""Log lines that tell what went wrong and where, and nothing that stood in a paper or a request (I15).

With `RAADSLAG_LOG=json` each line is one object of JSON, for programs that gather logs:

    {"at": "2026-03-02T12:00:00.123Z", "level": "error", "logger": "raadslag.requests", "route": "cases:edit",
     "status": 500, "ms": 31, "reference": "K7M2-Q9TD"}

A request is told by the name of its route, never by its address: addresses hold links that log in, and what people
search for. What a library says is told by the place where it says it: its words may be anybody's. Our own messages
hold names of the program, counts and kinds of faults.
"""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from raadslag.core.errors import RaadslagError

OURS = "raadslag"
REQUESTS = "raadslag.requests"
"""The logger of answered requests: a line for each, where lines are JSON."""

_Exception = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_TOLD = ("route", "status", "ms", "reference")  # what a record of ours may carry besides its message


def configuration(form: str) -> dict[str, Any]:
    """Django's setting `LOGGING`; `form` is "json", or empty for plain lines. Raises RaadslagError for another."""
    if form not in ("", "json"):
        raise RaadslagError("RAADSLAG_LOG", "json, or nothing", "another word", "Mend it, or unset it for plain lines.")
    formatter: dict[str, Any] = {
        "()": "raadslag.web.logs.WithoutTexts",
        "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "raadslag.web.logs.JsonLines"} if form else formatter},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": ["console"], "level": "ERROR", "propagate": False},
            "django.security.DisallowedHost": {
                "level": "CRITICAL"
            },  # strangers who guess are answered, and that is all
            REQUESTS: {"level": "INFO" if form else "CRITICAL"},
        },
    }


class WithoutTexts(logging.Formatter):
    """Plain lines. An exception is told by its type and the lines it passed; its message may hold words of a paper."""

    def format(self, record: logging.LogRecord) -> str:
        told = {**record.__dict__, "exc_text": None}  # what another handler has made of the exception tells its words
        if hasattr(record, "request"):  # Django's own words name the address
            told |= {"msg": _of_request(record), "args": ()}
        return super().format(logging.makeLogRecord(told))

    def formatException(self, ei: _Exception) -> str:
        kind, _, _ = ei
        return "\n".join([kind.__name__ if kind else "no exception", *(f"  {line}" for line in _passed(ei))])


class JsonLines(logging.Formatter):
    """One object of JSON a line."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name.split(".")[0] == OURS:
            told |= {"message": record.getMessage()} if record.msg else {}
            told |= {name: getattr(record, name) for name in _TOLD if hasattr(record, name)}
        else:
            told["place"] = f"{'/'.join(Path(record.pathname).parts[-3:])}:{record.lineno}"
            told |= _request(record)
        if record.exc_info and record.exc_info[0]:
            told |= {"fault": record.exc_info[0].__name__, "passed": _passed(record.exc_info)}
        return msgspec.json.encode(told).decode()


def _request(record: logging.LogRecord) -> dict[str, Any]:
    request = getattr(record, "request", None)
    if request is None:
        return {}
    told = {"route": route_of(request), "status": getattr(record, "status_code", None)}
    return told | ({"reference": request.reference} if hasattr(request, "reference") else {})


def _of_request(record: logging.LogRecord) -> str:
    told = _request(record)
    reference = f", reference {told['reference']}" if told.get("reference") else ""
    return f"Answered {told.get('status')} at {told.get('route')}{reference}"


def route_of(request: Any) -> str:
    """The name of the route that a request came to; "-" for none."""
    match = getattr(request, "resolver_match", None)
    return (match.view_name if match else "") or "-"


def _passed(ei: _Exception) -> list[str]:
    return [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(ei[2])]
