"""`raadslag workspace`: set it up, serve it, do its work in the background, and read the answers to calls."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from raadslag.cli import backup

LOOPBACK = "127.0.0.1"
PORT = 8001
PAUSE = 1.0  # seconds between two rounds of the background work
STOPS_WITHIN = 10
_FORGOTTEN_AFTER = timedelta(days=14)


def register(subparsers: Any) -> None:
    """Add the commands to the parser of `raadslag`."""
    workspace = subparsers.add_parser("workspace", help="where the committees do their work")
    workspace.set_defaults(run=lambda _: workspace.print_help(sys.stderr) or 2)
    parts = workspace.add_subparsers(title="parts", metavar="PART")
    init = _part(parts, "init", _init, "set up the municipality, its first committee and its first administrator")
    for name, told in (
        ("municipality", "the name of the municipality"),
        ("short-name", "the letters that case numbers begin with"),
        ("committee", "the first committee"),
        ("administrator", "the name of the first administrator"),
        ("email", "the administrator's e-mail"),
    ):
        init.add_argument(f"--{name}", help=f"{told} (default: you are asked)")
    init.add_argument("--kind", choices=("council", "standing", "task"), default="task", help="what the committee is")
    serve = _part(parts, "serve", _serve, "serve the pages")
    serve.add_argument("--host", default=LOOPBACK, help="the address to listen on (default: this machine only)")
    serve.add_argument("--port", default=PORT, type=int, help=f"the port to listen on (default: {PORT})")
    serve.add_argument("--workers", default=1, type=int, metavar="N", help="processes that answer (default: 1)")
    work = _part(parts, "work", _work, "send mails, follow the journal, read imported papers, write checkpoints")
    work.add_argument("--once", action="store_true", help="do what is due and stop")
    link = _part(parts, "link", _link, "make a link that logs somebody in once within a day")
    link.add_argument("email", metavar="EMAIL")
    sample = _part(parts, "sample", _sample, "fill an empty workspace with an invented municipality, for trying it out")
    sample.add_argument(
        "--scene",
        choices=("ahead", "evening", "later"),
        default="ahead",
        help="its fifth meeting lies ahead, is being held at this moment, or was held half a year ago (default: ahead)",
    )
    backup.register_workspace(partial(_unopened_part, parts))
    _part(parts, "receive", _receive, "read one incoming mail from standard input: an answer to a call")

    journal = subparsers.add_parser("journal", help="the trail of every change in the workspace")
    journal.set_defaults(run=lambda _: journal.print_help(sys.stderr) or 2)
    told = journal.add_subparsers(title="parts", metavar="PART")
    _part(told, "verify", _verify, "name the first entry that was changed, removed or put in")
    checkpoint = _part(told, "checkpoint", _checkpoint, "write a signed checkpoint to a folder outside")
    checkpoint.add_argument("--to", type=Path, metavar="DIR", help="the folder (or RAADSLAG_CHECKPOINTS)")


def _part(parts: Any, name: str, run: Callable[[argparse.Namespace], int], purpose: str) -> argparse.ArgumentParser:
    def opened(arguments: argparse.Namespace) -> int:
        if port := getattr(arguments, "port", None):
            os.environ.setdefault("RAADSLAG_WORKSPACE_ADDRESS", f"http://{LOOPBACK}:{port}")
        open_workspace(arguments.data)
        return run(arguments)

    return _unopened_part(parts, name, opened, purpose)


def _unopened_part(
    parts: Any, name: str, run: Callable[[argparse.Namespace], int], purpose: str
) -> argparse.ArgumentParser:
    """A part that opens the workspace itself."""
    part: argparse.ArgumentParser = parts.add_parser(name, help=purpose, description=purpose.capitalize() + ".")
    part.add_argument("--data", type=Path, metavar="DIR", help="the workspace's data folder (or RAADSLAG_WORKSPACE)")
    part.set_defaults(run=run)
    return part


def choose_folder(data: Path | None) -> None:
    """Let this process work on the folder `data` (None: the default), before anything of it is read."""
    os.umask(0o077)  # what is closed is its owner's alone
    if data is not None:
        os.environ["RAADSLAG_WORKSPACE"] = str(data.expanduser().absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "raadslag.workspace.settings")


def open_workspace(data: Path | None) -> None:
    """Let this process work on the workspace in the folder `data` (None: the default), made where it is missing."""
    choose_folder(data)
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    from raadslag.web.folder import locked

    with locked(settings.DATA, "migrate"):  # the pages and the background work may be started together
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)


def _init(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from raadslag.workspace.bodies.actions import set_up
    from raadslag.workspace.common.errors import Refused

    given = {
        name: getattr(arguments, name) or input(f"{question}: ")
        for name, question in (
            ("municipality", "Municipality"),
            ("short_name", "Letters of case numbers, such as PRV"),
            ("committee", "First committee"),
            ("administrator", "First administrator, by name"),
            ("email", "E-mail of the administrator"),
        )
    }
    try:
        made = set_up(**given, classification=arguments.kind, at=timezone.now())
    except Refused as refusal:
        print(f"raadslag: {refusal}", file=sys.stderr)
        return 1
    print(f"{made.body.name} and {made.organization.name} are set up.")
    print(f"Log in once within a day:  {login_address(made.administrator)}")
    return 0


def login_address(user: Any) -> str:
    """The address that logs `user` in once."""
    from django.conf import settings
    from django.utils import timezone

    from raadslag.workspace.people.login import make_link

    return f"{settings.ADDRESS}/ind/{make_link(user, by='system', at=timezone.now())}/"


def _serve(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    if arguments.host != LOOPBACK and settings.ALLOWED_HOSTS == [LOOPBACK]:
        print("Only this machine is answered until RAADSLAG_WORKSPACE_ADDRESS names the address.", file=sys.stderr)
    print(settings.ADDRESS, flush=True)
    tell_first_run()
    return serve(arguments.host, arguments.port, workers=arguments.workers)


def tell_first_run() -> None:
    """Say where a new workspace is set up in the browser, while it is new."""
    from raadslag.workspace.bodies.setting_up import first_run_address

    if address := first_run_address():
        print(f"Set it up:            {address}", flush=True)


def serve(host: str = LOOPBACK, port: int = PORT, *, workers: int = 1) -> int:
    """Serve the open workspace until the process is told to stop; what it is answering then is answered whole."""
    from raadslag.web import metrics, processes
    from raadslag.workspace.connections import LARGEST, Released

    metrics.forget()
    processes.serve(
        "raadslag.workspace.asgi:application",
        host=host,
        port=port,
        workers=workers,
        http=Released,
        ws="websockets-sansio",
        ws_max_size=LARGEST,
        ws_per_message_deflate=False,
        lifespan="off",
        forwarded_allow_ips=os.environ.get("RAADSLAG_PROXIES", LOOPBACK),
        timeout_graceful_shutdown=STOPS_WITHIN,
    )
    return 0


def _work(arguments: argparse.Namespace) -> int:
    if arguments.once:
        do_what_is_due()
        return 0
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    work(stopped)
    return 0


def work(stopped: threading.Event) -> None:
    """Do what is due, again and again, until `stopped`. A fault is told and does not end it."""
    from django.db import close_old_connections

    while not stopped.is_set():
        try:
            do_what_is_due()
        except Exception:
            logging.getLogger(__name__).exception("The background work failed, and goes on")
        close_old_connections()
        stopped.wait(PAUSE)


def do_what_is_due() -> None:
    """One round: followers of the journal, reminders, mails, the archive, papers to read, the checkpoint, what is to be
    forgotten."""
    from django.utils import timezone

    from raadslag.workspace.common import journal, rounds
    from raadslag.workspace.common.models import Answered
    from raadslag.workspace.files import arriving, keeping
    from raadslag.workspace.followup import actions as followup
    from raadslag.workspace.messages import sending
    from raadslag.workspace.minutes import signing
    from raadslag.workspace.products import actions as products
    from raadslag.workspace.publishing import delivering
    from raadslag.workspace.publishing.importing import reading
    from raadslag.workspace.reading import notes

    now = timezone.now()
    steps: tuple[Callable[[], object], ...] = (
        journal.catch_up,
        lambda: signing.remind_what_is_due(now),
        lambda: followup.remind_what_is_due(now),
        lambda: sending.gather(now),
        lambda: sending.send_due(now),
        lambda: delivering.deliver_due(now),
        lambda: reading.read_due(now),
        lambda: _checkpoint_of_the_day(now),
        lambda: products.take_in_all(now),
        lambda: arriving.sweep(keeping.arriving(), now),
        lambda: notes.forget(now),
        lambda: Answered.objects.filter(at__lt=now - _FORGOTTEN_AFTER).delete(),
    )
    faults = []
    for step in steps:  # one that fails does not stop the others
        try:
            step()
        except Exception as fault:
            if faults:  # the first is told by whoever called
                logging.getLogger(__name__).exception("One more step of the background work failed")
            faults.append(fault)
    rounds.note(now, len(faults))
    if faults:
        raise faults[0]


def _checkpoint_of_the_day(now: Any) -> None:
    from django.conf import settings

    from raadslag.workspace.common import checkpoints

    if settings.CHECKPOINTS and checkpoints.is_due(Path(settings.CHECKPOINTS), at=now):
        checkpoints.add(Path(settings.DATA), Path(settings.CHECKPOINTS), at=now)


def _link(arguments: argparse.Namespace) -> int:
    from raadslag.workspace.people.models import User

    user = User.objects.filter(email__iexact=arguments.email, is_active=True).first()
    if user is None:
        print("raadslag: nobody with that address may log in", file=sys.stderr)
        return 1
    print(login_address(user))
    return 0


def _sample(arguments: argparse.Namespace) -> int:
    """Fill the workspace where it is empty, and tell for each of the sample's people a link that logs in once."""
    from django.conf import settings

    from raadslag.sample.workspace import Scene, fill

    scene = Scene(arguments.scene)
    if scene == Scene.LATER and not _is_here(settings.ARCHIVE):
        print("raadslag: the sample publishes what it plays, and no sample belongs in that archive; unset "
              "RAADSLAG_ARCHIVE", file=sys.stderr)  # fmt: skip
        return 1
    users = fill(scene=scene)
    if not users:
        print("raadslag: this workspace holds a municipality already, and no sample", file=sys.stderr)
        return 1
    width = max(map(len, users)) + 2
    for name, user in users.items():
        print(f"  {name:{width}}{login_address(user)}")
    for told in _scenes(scene):
        print(told)
    return 0


def _is_here(archive: str) -> bool:
    """Whether there is no such archive, or it is one of this machine alone."""
    return not archive or urlsplit(archive).hostname in (LOOPBACK, "localhost", "::1")


def _scenes(scene: str) -> Iterator[str]:
    """Where to look first, and as whom."""
    from django.conf import settings
    from django.urls import reverse

    from raadslag.workspace.deliberation.models import Session

    def at(route: str, pk: Any, more: str = "") -> str:
        return f"{settings.ADDRESS}{reverse(route, args=[pk])}{more}"

    session = Session.objects.select_related("meeting").first()
    if session and scene == "evening":
        answers = at("deliberation:contributions", session.product_id, "?vis=ubesvarede")
        yield f"It is 18.52 at the fifth meeting, as Prøve Sekretær:   {at('minutes:room', session.meeting_id)}"
        yield f"Five thoughts wait for an answer, as Prøve Sagsbehandler: {answers}"
    elif session and scene == "later":
        promised = f"{settings.ADDRESS}{reverse('followup:commitments')}"
        yield f"What became of each thought, as Prøve Sagsbehandler: {at('deliberation:trace', session.product_id)}"
        yield f"What the council promised, as Prøve Sagsbehandler:   {promised}"


def _receive(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from raadslag.workspace.meetings.mailed import LARGEST, take_in

    take_in(sys.stdin.buffer.read(LARGEST + 1), at=timezone.now())
    return 0  # a mail server that gets another status would send the mail back


def _verify(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    from raadslag.workspace.common import checkpoints, journal

    broken = journal.first_broken()
    faults = checkpoints.faults(Path(settings.DATA), Path(settings.CHECKPOINTS)) if settings.CHECKPOINTS else []
    number, hash_ = journal.head()
    if broken is not None:
        print(f"raadslag: entry {broken} of the journal does not follow from those before it", file=sys.stderr)
    for fault in faults:
        print(f"raadslag: {fault}", file=sys.stderr)
    if broken is not None or faults:
        return 1
    print(f"{number} entries follow one from another. The last: {hash_}")
    return 0


def _checkpoint(arguments: argparse.Namespace) -> int:
    from django.conf import settings
    from django.utils import timezone

    from raadslag.workspace.common import checkpoints

    outside = arguments.to or (Path(settings.CHECKPOINTS) if settings.CHECKPOINTS else None)
    if outside is None:
        print("raadslag: say where with --to, or set RAADSLAG_CHECKPOINTS", file=sys.stderr)
        return 2
    line = checkpoints.add(Path(settings.DATA), outside, at=timezone.now())
    print(f"Entry {line['number']}, {line['hash']}")
    return 0
