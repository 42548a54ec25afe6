"""One world: a workspace and its archive, told what to do line by line: `world.py FOLDER`.

Each line is a step in JSON, and is answered by a line. What a step does goes through the pages, as a person's presses
do; what it makes has ids that follow from the step's number alone, so that two worlds which do the same in public make
the same. The clock stands where the step says. What everyone may see, an archive on loopback shows.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

LOG = "world.log"


class World:
    """The workspace, as its secretary works in it."""

    def __init__(self, folder: Path) -> None:
        os.environ.update(RAADSLAG_WORKSPACE=str(folder), DJANGO_SETTINGS_MODULE="raadslag.workspace.settings")
        self.now = datetime(2031, 3, 3, 8, tzinfo=UTC)
        timezone.now = lambda: self.now
        self._ids = itertools.count()
        uuid.uuid4 = self._next_id  # before the models are made: their ids' default is this one
        from raadslag.cli.workspace import open_workspace

        open_workspace(None)
        logging.basicConfig(filename=folder / LOG, level=logging.INFO, force=True)
        from django.test import Client

        from raadslag.workspace.bodies import actions as bodies
        from raadslag.workspace.people.actions import enter

        made = bodies.set_up(
            municipality="Prøvekommunen", short_name="PRV", committee="Byrumsudvalget", classification="task",
            administrator="Prøve Sekretær", email="sekretaer@example.org", at=self.now,
        )  # fmt: skip
        self.committee, secretary = made.organization, made.administrator
        who: dict[str, Any] = {"by": secretary, "at": self.now}
        for name in ("publish_minutes", "closed_at_low_level"):
            value = "read_out" if name == "publish_minutes" else True
            bodies.set_policy(made.body, None, name, value, reason="Prøve", since=self.now.date(), **who)
        for number, role in enumerate(("chair", "member", "member", "member")):
            person = enter(f"Prøve Medlem {number}", f"medlem{number}@example.org", **who)
            bodies.appoint(self.committee, person, role=role, start=self.now.date(), **who)
        self.client = Client(headers={"host": "127.0.0.1"})
        self.client.force_login(secretary, "allauth.account.auth_backends.AuthenticationBackend")
        session = self.client.session
        session["level"] = "substantial"
        session.set_expiry(10**9)
        session.save()

    def _next_id(self) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self._step}-{next(self._ids)}")

    _step = "start"

    def do(self, told: dict[str, Any]) -> Any:
        """Do a step."""
        self._step, self._ids = str(told["step"]), itertools.count()
        self.now = datetime.fromisoformat(told["now"])
        return getattr(self, f"_{told['do']}")(**told.get("with", {}))

    def _post(self, path: str, **fields: Any) -> str:
        answer = self.client.post(path, fields)
        if answer.status_code >= 400 and answer.status_code != 422:
            raise RuntimeError(f"{answer.status_code} at {path}: {answer.content[:2000]!r}")
        return str(answer.headers.get("Location", answer.status_code))

    # --- what a person does ---

    def _case(self, number: int, title: str, access: str, inside: str, files: list[str]) -> str:
        from raadslag.workspace.cases.models import CaseSeries

        CaseSeries.objects.update_or_create(
            body=self.committee.body, year=self.now.year, defaults={"last": number}
        )  # a number tells how many there were before it: what is public has numbers of its own here
        case = self._post(f"/udvalg/{self.committee.pk}/sager/ny/", title=title).split("/")[2]
        self._post(
            f"/sager/{case}/ret/", title=title, access=access, version=0, summary=inside, background="", points=inside,
            recommended_by="Teknik og Miljø", recommended_to="Byrumsudvalget",
            legal_ground="KSL § 10" if access == "closed" else "", public_title="En sag" if access == "closed" else "",
        )  # fmt: skip
        for text in files:
            self._attach(case, text, access)
        self._post(f"/sager/{case}/til/ready/")
        return case

    def _attach(self, case: str, text: str, access: str = "closed") -> None:
        from django.core.files.uploadedfile import SimpleUploadedFile

        from raadslag.workspace.cases.models import Attachment

        self.client.post(f"/sager/{case}/bilag/", {"files": SimpleUploadedFile("bilag.txt", text.encode())})
        newest = Attachment.objects.filter(case=case).order_by("-order").first()
        if newest and access == "open":
            self._post(f"/sager/{case}/bilag/{newest.pk}/ret/", title=newest.title, access="open", reason="Til alle")

    def _meeting(self, day: str) -> str:
        told = {"on": day, "begins": "17:00", "ends": "19:00", "place": "Salen", "title": "Møde"}
        self._post(f"/udvalg/{self.committee.pk}/moeder/nyt/", **told)
        from raadslag.workspace.meetings.models import Meeting

        return str(Meeting.objects.get(start__date=day).pk)

    def _put_on(self, meeting: str, case: str) -> None:
        self._post(f"/moeder/{meeting}/dagsorden/nyt/", case=case)

    def _send(self, meeting: str) -> None:
        self._post(f"/moeder/{meeting}/dagsorden/udsend/", late_because="Prøve")

    def _close(self, meeting: str, item: int) -> None:
        pk = self._items(meeting)[item]
        self._post(f"/moeder/{meeting}/dagsorden/{pk}/", legal_ground="KSL § 10", public_title="En sag")

    def _items(self, meeting: str) -> list[str]:
        from raadslag.workspace.meetings.models import AgendaItem

        rows = AgendaItem.objects.filter(meeting=meeting, parent=None).order_by("order")
        return [str(pk) for pk in rows.values_list("pk", flat=True)]

    def _open(self, meeting: str) -> None:
        from raadslag.workspace.meetings.models import Invitation

        there = Invitation.objects.filter(meeting=meeting, is_seated=True).values_list("person", flat=True)
        self._post(f"/moederum/{meeting}/aabn/", present=[str(pk) for pk in there])

    def _write(self, meeting: str, item: int, text: str, kind: str = "text") -> None:
        pk = self._items(meeting)[item]
        told = {"id": str(uuid.uuid4()), "kind": kind, "text": text, "version": "0"}
        self._post(f"/moederum/{meeting}/punkt/{pk}/gem/", **told)

    def _outcome(self, meeting: str, item: int, outcome: str) -> None:
        self._post(f"/moederum/{meeting}/punkt/{self._items(meeting)[item]}/udfald/", outcome=outcome)

    def _vote(self, meeting: str, item: int, question: str, hands: list[int]) -> None:
        pk = self._items(meeting)[item]
        room = f"/moederum/{meeting}/punkt/{pk}/"
        self._post(room + "begynd/")
        self._post(room + "afstemning/", question=question, way="hands")
        from raadslag.workspace.minutes.models import Ballot

        ballot = Ballot.objects.filter(item=pk, state="open").first()
        if ballot:
            told = dict(zip(("for", "against", "abstained"), map(str, hands), strict=True))
            self._post(f"{room}afstemning/{ballot.pk}/", **told)

    def _adjourn(self, meeting: str) -> None:
        self._post(f"/moederum/{meeting}/oplaesning/")
        for pk in self._items(meeting):
            self._post(f"/moederum/{meeting}/punkt/{pk}/laest/")
        self._post(f"/moederum/{meeting}/haev/")

    def _face(self, meeting: str, item: int, decision: str) -> None:
        pk = self._items(meeting)[item]
        self.client.post(f"/publicering/{meeting}/punkt/{pk}/", {"decision": decision})

    def _release(self, meeting: str) -> bool:
        from raadslag.workspace.meetings.models import Meeting
        from raadslag.workspace.publishing import actions

        prepared = actions.prepare(Meeting.objects.get(pk=meeting))
        if prepared is None:
            return False
        self._post(f"/publicering/{meeting}/referat/", identity=prepared.identity)
        return not prepared.obstacles

    def _withdraw(self, meeting: str) -> None:
        from raadslag.workspace.publishing.models import Release

        for release in Release.objects.in_force().filter(meeting=meeting):
            self._post(f"/publicering/{meeting}/traek-tilbage/{release.pk}/", ground="En fejl")

    def _add(self, meeting: str, text: str) -> None:
        self._post(f"/moederum/{meeting}/tilfoej/", text=text)

    def _search(self, words: str) -> None:
        self.client.get("/soeg/", {"q": words})

    def _work(self) -> None:
        """Rounds of the background work, until there is nothing left to bring."""
        from raadslag.cli.workspace import do_what_is_due
        from raadslag.workspace.publishing.models import Release

        for _ in range(100):
            do_what_is_due()
            left = Release.objects.due(self.now + timedelta(days=1))
            if not left.exists():
                return
            left.update(try_at=self.now)  # the archive was busy: no pause, the clock stands
            time.sleep(0.1)
        raise RuntimeError("the archive was not reached")


def main() -> None:
    """Do what each line says."""
    world = World(Path(sys.argv[1]))
    if leak := os.environ.get("RAADSLAG_PLANTED_LEAK"):
        from tests.workspace.twins import leaks

        leaks.plant(leak)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        try:
            told: Any = {"done": world.do(json.loads(line))}
        except Exception as fault:
            told = {"fault": f"{type(fault).__name__}: {fault}"}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
