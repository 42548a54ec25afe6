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

from raadslag.web.garbage import BETWEEN_FILES, look_less_often

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
        from django.db import connection
        from django.test import Client

        from raadslag.workspace.bodies import actions as bodies
        from raadslag.workspace.people.actions import enter

        connection.cursor().execute("PRAGMA synchronous = OFF")  # no world outlives its test
        made = bodies.set_up(
            municipality="Prøvekommunen", short_name="PRV", committee="Byrumsudvalget", classification="task",
            administrator="Prøve Sekretær", email="sekretaer@example.org", at=self.now,
        )  # fmt: skip
        self.committee, secretary = made.organization, made.administrator
        self.secretary = secretary
        who: dict[str, Any] = {"by": secretary, "at": self.now}
        policies = {"publish_minutes": "read_out", "closed_at_low_level": True, "case_fields": "Emnekode"}
        for name, value in policies.items():
            bodies.set_policy(made.body, None, name, value, reason="Prøve", since=self.now.date(), **who)
        users = {"secretary": secretary}
        for number, role in enumerate(("chair", "member", "member", "member", "secretary")):
            person = enter(f"Prøve Medlem {number}", f"medlem{number}@example.org", **who)
            bodies.appoint(self.committee, person, role=role, start=self.now.date(), **who)
            users[f"{role}{number}"] = person.user
        self.people = {name: user.person_id for name, user in users.items()}
        self.browsers = {
            name: self._browser(Client(headers={"host": "127.0.0.1"}), user) for name, user in users.items()
        }
        self.client = self.browsers["secretary"]
        self.stranger = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)

    @staticmethod
    def _browser(client: Any, user: Any) -> Any:
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["level"] = "substantial"
        session.set_expiry(10**9)
        session.save()
        return client

    def _next_id(self) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self._step}-{next(self._ids)}")

    _step = "start"

    def do(self, told: dict[str, Any]) -> Any:
        """Do a step."""
        self._step, self._ids = str(told["step"]), itertools.count()
        self.now = datetime.fromisoformat(told["now"])
        return getattr(self, f"_{told['do']}")(**told.get("with", {}))

    def _post(self, path: str, /, *, _as: str = "secretary", **fields: Any) -> str:
        answer = self.browsers[_as].post(path, fields)
        if answer.status_code >= 400 and answer.status_code != 422:
            raise RuntimeError(f"{answer.status_code} at {path}: {answer.content[:2000]!r}")
        return str(answer.headers.get("Location", answer.status_code))

    # --- what a person does ---

    def _case(self, number: int, title: str, access: str, inside: str, files: list[str], code: str = "",
              author: str = "Teknik og Miljø") -> str:  # fmt: skip
        from raadslag.workspace.cases.models import CaseSeries

        CaseSeries.objects.update_or_create(
            body=self.committee.body, year=self.now.year, defaults={"last": number}
        )  # a number tells how many there were before it: what is public has numbers of its own here
        case = self._post(f"/udvalg/{self.committee.pk}/sager/ny/", title=title).split("/")[2]
        self._write_case(case, title=title, access=access, inside=inside, code=code, author=author)
        for text in files:
            self._attach(case, text, access)
        self._post(f"/sager/{case}/til/ready/")
        return case

    def _write_case(self, case: str, title: str, access: str, inside: str, code: str, author: str) -> None:
        self._post(
            f"/sager/{case}/ret/", title=title, access=access, version=self._version(case), summary=inside,
            background=inside, points=inside, recommended_by=author, recommended_to="Byrumsudvalget",
            legal_ground="KSL § 10" if access == "closed" else "", public_title="En sag" if access == "closed" else "",
            **{"more-Emnekode": code},
        )  # fmt: skip

    @staticmethod
    def _version(case: str) -> int:
        from raadslag.workspace.cases.models import Case

        return Case.objects.get(pk=case).version

    def _rename(self, case: str, title: str, inside: str) -> None:
        from raadslag.workspace.cases.models import Case

        one = Case.objects.get(pk=case)
        self._write_case(case, title, one.access, inside, code="", author=one.recommended_by)

    def _attach(self, case: str, text: str, access: str = "closed", name: str = "bilag.txt", title: str = "") -> None:
        from django.core.files.uploadedfile import SimpleUploadedFile

        newest = self._newest(case)
        self.client.post(f"/sager/{case}/bilag/", {"files": SimpleUploadedFile(name, text.encode())})
        made = self._newest(case)
        if made and made != newest and (title or access == "open"):
            told = {"title": title or made.title, "access": access, "reason": "Til alle" if access == "open" else ""}
            self._post(f"/sager/{case}/bilag/{made.pk}/ret/", **told)

    @staticmethod
    def _newest(case: str) -> Any:
        from raadslag.workspace.cases.models import Attachment

        return Attachment.objects.filter(case=case, removed_at=None).order_by("-order").first()

    def _take_off_file(self, case: str) -> None:
        if newest := self._newest(case):
            self._post(f"/sager/{case}/bilag/{newest.pk}/ret/", what="remove")

    def _bar(self, case: str, reason: str) -> None:
        self._post(f"/sager/{case}/habilitet/", person=str(self.people["member3"]), reason=reason)

    def _meeting(self, day: str, title: str = "Møde", place: str = "Salen") -> str:
        told = {"on": day, "begins": "17:00", "ends": "19:00", "place": place, "title": title}
        self._post(f"/udvalg/{self.committee.pk}/moeder/nyt/", **told)
        from raadslag.workspace.meetings.models import Meeting

        return str(Meeting.objects.get(start__date=day).pk)

    def _put_on(self, meeting: str, case: str) -> None:
        self._post(f"/moeder/{meeting}/dagsorden/nyt/", case=case)

    def _item(self, meeting: str, title: str, text: str, access: str = "closed") -> None:
        face = {"legal_ground": "KSL § 10", "public_title": "En sag"} if access == "closed" else {}
        told = {"title": title, "text": text, "minutes": "10", "access": access, **face}
        self._post(f"/moeder/{meeting}/dagsorden/nyt/", **told)

    def _move(self, meeting: str, item: int, place: int) -> None:
        self._post(f"/moeder/{meeting}/dagsorden/{self._items(meeting)[item]}/flyt/", place=str(place))

    def _take_off(self, meeting: str, item: int) -> None:
        self._post(f"/moeder/{meeting}/dagsorden/{self._items(meeting)[item]}/flyt/", what="remove")

    def _to_chair(self, meeting: str) -> None:
        self._post(f"/moeder/{meeting}/dagsorden/formand/")

    def _cancel(self, meeting: str, because: str) -> None:
        self._post(f"/moeder/{meeting}/aflys/", because=because)

    def _reply(self, meeting: str, reason: str) -> None:
        self._post(f"/laes/{meeting}/svar/", _as="member2", answer="apology", reason=reason)

    def _ask(self, meeting: str, item: int, text: str, answer: str) -> None:
        from raadslag.workspace.meetings.models import Question

        pk = self._items(meeting)[item]
        self._post(f"/laes/{meeting}/punkt/{pk}/spoerg/", _as="member1", text=text)
        if asked := Question.objects.filter(item=pk).last():
            self._post(f"/laes/{meeting}/punkt/{pk}/spoergsmaal/{asked.pk}/", text=answer)

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

        rows = Invitation.objects.filter(meeting=meeting, is_seated=True).exclude(answer="apology")
        there = rows.values_list("person", flat=True)
        self._post(f"/moederum/{meeting}/aabn/", present=[str(pk) for pk in there])

    def _begin(self, meeting: str, item: int) -> None:
        self._post(f"/moederum/{meeting}/punkt/{self._items(meeting)[item]}/begynd/")

    def _write(self, meeting: str, item: int, text: str, kind: str = "text") -> None:
        pk = self._items(meeting)[item]
        told = {"id": str(uuid.uuid4()), "kind": kind, "text": text, "version": "0"}
        self._post(f"/moederum/{meeting}/punkt/{pk}/gem/", **told)

    def _outcome(self, meeting: str, item: int, outcome: str) -> None:
        self._post(f"/moederum/{meeting}/punkt/{self._items(meeting)[item]}/udfald/", outcome=outcome)

    def _vote(self, meeting: str, item: int, question: str, hands: list[int]) -> None:
        pk = self._items(meeting)[item]
        room = f"/moederum/{meeting}/punkt/{pk}/"
        counted = dict(zip(("for", "against", "abstained"), map(str, hands), strict=True))
        self._post(room + "afstemning/", question=question, way="hands", **counted)

    def _dissent(self, meeting: str, item: int, text: str) -> None:
        room = f"/moederum/{meeting}/punkt/{self._items(meeting)[item]}/"
        told = {"id": str(uuid.uuid4()), "text": text, "version": "0"}
        self.browsers["member1"].post(room + "dissens/", told)  # refused where he is barred

    def _rule(self, meeting: str, item: int, reason: str) -> None:
        """The body decides that somebody takes no part in the item."""
        person, pk = str(self.people["member3"]), self._items(meeting)[item]
        self._post(f"/moederum/{meeting}/tilstede/", person=person, item=pk, kind="barred", reason=reason)

    def _adjourn(self, meeting: str) -> None:
        self._post(f"/moederum/{meeting}/oplaesning/")
        for pk in self._items(meeting):
            self._post(f"/moederum/{meeting}/punkt/{pk}/laest/")
        self._post(f"/moederum/{meeting}/haev/")

    def _face(self, meeting: str, item: int, decision: str) -> None:
        pk = self._items(meeting)[item]
        self.client.post(f"/publicering/{meeting}/punkt/{pk}/", {"decision": decision})

    def _see(self, meeting: str, reason: str) -> None:
        """Two people look at what screening found."""
        from raadslag.workspace.meetings.models import Meeting
        from raadslag.workspace.publishing import actions

        prepared = actions.prepare(Meeting.objects.get(pk=meeting))
        for found in prepared.found if prepared else ():
            for who in ("secretary", "secretary4"):
                self._post(f"/publicering/{meeting}/fund/", _as=who, key=found.key, reason=reason)

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

    def _add(self, meeting: str, text: str, item: int | None = None) -> None:
        named = "" if item is None else self._items(meeting)[item]
        self._post(f"/moederum/{meeting}/tilfoej/", text=text, item=named)

    def _hold_back(self, meeting: str, item: int) -> None:
        self._post(f"/publicering/{meeting}/punkt/{self._items(meeting)[item]}/hold-tilbage/")

    def _mandate(self, purpose: str) -> None:
        told = {"purpose": purpose, "tasks": f"{purpose}\nTræer", "composition": purpose, "decided_by": "Rådet"}
        self._post(f"/udvalg/{self.committee.pk}/kommissorium/", **told, decided_on=self.now.date().isoformat())

    def _publish_committee(self) -> None:
        from raadslag.workspace.publishing.organizations import actions

        identity = actions.prepare(self.committee, self.now).identity
        self._post(f"/publicering/udvalg/{self.committee.pk}/publicer/", identity=identity)

    def _change_committee(self, name: str) -> None:
        """What is nobody's business outside: a mandate that was not let out, a group, an observer, a role to come."""
        from raadslag.workspace.bodies import actions as bodies
        from raadslag.workspace.people.actions import enter

        who: dict[str, Any] = {"by": "system", "at": self.now}
        self._mandate(name)
        group = {"classification": "writing", "parent": self.committee, "seats": 0, "start": self.now.date()}
        bodies.found(self.committee.body, name=f"{name} {self._step}", end=None, **group, **who)
        for role, years in (("observer", 0), ("member", 50)):
            # His own name stands in the mails that he gets.
            person = enter(f"Prøve {self._step} {role}", f"{uuid.uuid4()}@example.org", **who)
            start = self.now.date() + timedelta(days=365 * years)
            bodies.appoint(self.committee, person, role=role, start=start, **who)

    def _product(self, title: str, text: str) -> str:
        product = self._post(f"/udvalg/{self.committee.pk}/produkter/nyt/", title=title).split("/")[2]
        self._post(f"/produkter/{product}/tilfoej/", kind="text", title=title, text=text, parent="")
        self._freeze(product, "v0.1")
        return product

    def _freeze(self, product: str, label: str) -> None:
        self._post(f"/produkter/{product}/frys/", label=label, note="")

    def _rewrite(self, product: str, text: str) -> None:
        """Its draft says something else: nobody outside hears of it before a version with it is let out."""
        from raadslag.workspace.products.models import Element

        one = Element.objects.get(product=product)
        told = {"kind": "text", "title": one.title, "text": text, "version": one.version, "cause": "correction"}
        self._post(f"/produkter/{product}/del/{one.pk}/", **told)

    def _release_version(self, product: str, label: str) -> str:
        from raadslag.workspace.products.models import Version
        from raadslag.workspace.publishing.versions import actions

        identity = actions.prepare(Version.objects.get(product=product, label=label)).identity
        self._post(f"/publicering/produkt/{product}/{label}/publicer/", identity=identity)
        return identity

    def _withdraw_version(self, product: str, label: str) -> None:
        from raadslag.workspace.publishing.models import Release

        for release in Release.objects.in_force().filter(version__product=product, version__label=label):
            address = f"/publicering/produkt/{product}/{label}/traek-tilbage/{release.pk}/"
            self._post(address, ground="En fejl")

    def _promise(self, meeting: str, item: int, text: str) -> str:
        """Write down what the decision at an item promises."""
        due = (self.now.date() + timedelta(days=200)).isoformat()
        told = {"text": text, "unit": f"Enhed for {text}", "due": due, "responsible": str(self.secretary.pk)}
        return self._post(f"/opfoelgning/{meeting}/{self._items(meeting)[item]}/nyt/", **told).split("/")[2]

    def _report(self, promised: str, text: str) -> None:
        from raadslag.workspace.followup.models import Commitment

        one = Commitment.objects.get(pk=promised)
        due = (one.due + timedelta(days=1)).isoformat()
        told = {"text": text, "because": text, "state": "under_way", "due": due, "version": str(one.reports.count())}
        self._post(f"/opfoelgning/{promised}/opdater/", **told)

    def _release_promise(self, promised: str) -> str:
        from raadslag.workspace.followup.models import Commitment
        from raadslag.workspace.publishing.commitments import actions

        prepared = actions.prepare(Commitment.objects.told().get(pk=promised))
        self._post(f"/publicering/opfoelgning/{promised}/publicer/", identity=prepared.identity)
        return " ".join(prepared.obstacles)

    def _withdraw_promise(self, promised: str) -> None:
        from raadslag.workspace.publishing.models import Release

        for release in Release.objects.in_force().filter(commitment=promised):
            self._post(f"/publicering/opfoelgning/{promised}/traek-tilbage/{release.pk}/", ground="En fejl")

    def _around(self, product: str, text: str, name: str) -> None:
        """What goes on around a product, and is the house's own: another that nobody lets out, comments, what a member
        notes for himself, what nobody knows, a group's note, a call for citizens and who applied."""
        from raadslag.workspace.bodies import actions as bodies
        from raadslag.workspace.bodies import recruiting
        from raadslag.workspace.meetings import group_notes
        from raadslag.workspace.products.models import Element
        from raadslag.workspace.publishing.models import Release

        other = self._product(name, text)
        part = Element.objects.get(product=product)
        until = (self.now + timedelta(days=5)).date().isoformat()
        self._post(f"/produkter/{product}/kommentarer/spoerg/", until=until, version="v0.1")
        self._post(f"/produkter/{product}/del/{part.pk}/kommenter/", _as="member1", kind="change", text=text, quote="")
        self._post(f"/produkter/{product}/del/{part.pk}/note/", _as="member1", key=str(uuid.uuid4()), text=text)
        self._post(f"/produkter/{product}/viden/nyt-hul/", text=text, asked_by=name, elements=[str(part.pk)])
        who: dict[str, Any] = {"by": self.secretary, "at": self.now}
        today = self.now.date()
        group = bodies.found(self.committee.body, name=f"{name} {self._step}", classification="writing", seats=0,
                             parent=self.committee, start=today, end=None, **who)  # fmt: skip
        group_notes.save(group, text, **who)
        call = recruiting.save_call(self.committee, None, text=text, profiles=name, seats=1, deadline=today, **who)
        recruiting.save_application(call, None, name=name, email="ansoeger@example.org", why=text, profile="",
                                    received_on=today, **who)  # fmt: skip
        if Release.objects.filter(version__product=other).exists():
            raise RuntimeError("nobody let it out")

    def _search(self, words: str) -> None:
        self.client.get("/soeg/", {"q": words})
        self.browsers["member1"].get("/soeg/", {"q": words})

    def _import(self, text: str) -> None:
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile("referat.txt", text.encode())
        self.client.post(f"/import/{self.committee.pk}/hent/", {"files": file})

    def _outside(self, meeting: str, case: str) -> str:
        """What a stranger gets to see of this site: its figures, its refusals, its faults."""
        from unittest import mock

        pages = ["/health", "/metrics", "/konto/ind/", f"/sager/{case}/", f"/laes/{meeting}/", "/findes-ikke/"]
        told = [self.stranger.get(page, headers={"host": "127.0.0.1"}) for page in pages]
        told.append(self.stranger.get("/", headers={"host": "example.org"}))
        told.append(self.browsers["member1"].get(f"/sager/{case}/"))
        strict, self.client.raise_request_exception = self.client.raise_request_exception, False
        with mock.patch("raadslag.workspace.cases.views.attachments_of", side_effect=_Fault(case)):
            told.append(self.client.get(f"/sager/{case}/"))
        self.client.raise_request_exception = strict
        if told[-1].status_code != 500 or told[1].status_code != 200:
            raise RuntimeError([one.status_code for one in told])
        return "\n".join(f"{one.headers}{one.content.decode()}" for one in told)

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


class _Fault(Exception):
    """A fault that knows what it happened to, as faults of libraries do."""

    def __init__(self, case: str) -> None:
        from raadslag.workspace.cases.models import Case

        super().__init__(Case.objects.get(pk=case).title)


def main() -> None:
    """Do what each line says."""
    world = World(Path(sys.argv[1]))
    if leak := os.environ.get("RAADSLAG_PLANTED_LEAK"):
        from tests.workspace.twins import leaks

        leaks.plant(leak)
    look_less_often(BETWEEN_FILES)
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
