"""What tests of backups share: an archive with everything in it that an archive may hold."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from raadslag.archive import curation
from raadslag.archive.intake import Document, Receipt
from raadslag.archive.models import Organization
from raadslag.archive.search import open_index
from raadslag.core.record import File, Item, Time
from raadslag.core.rules.screening import Hit
from tests.archive.test_portraits import committee

LATER = datetime(2018, 5, 1, 12, tzinfo=UTC)
HOW: dict[str, Any] = {"by": "Prøve Sekretær", "at": LATER}
ANNEX = Document("bilag.pdf", "application/pdf", b"annex", (), text="Et kort over torvet", pages=2)


@pytest.fixture
def world(transactional_db: None, add: Any, make_meeting: Any) -> Receipt:
    """Two versions, an agenda beside minutes, an attachment, cases, a merge, a withdrawal, a paper that waits, a
    committee's mandate in two versions and a withdrawn one.

    What it gives is the paper with the attachment.
    """
    listed = Item(
        order=1,
        number="1",
        title="Bænke på torvet",
        access="open",
        decision="Godkendt.",
        reference="PRV-2018-00105",
        files=(File(title="Kort", sha256=ANNEX.sha256),),
    )
    add(make_meeting(kind="agenda"), data=b"agenda")
    add(make_meeting(items=(listed,)), data=b"first minutes", attachments=(ANNEX,))
    shown = add(make_meeting(items=(listed,), title="Rettet"), data=b"minutes", attachments=(ANNEX,))
    add(make_meeting(organization="Byrumsudvalget", meeting=Time(start="2018-05-09T17:00")), data=b"alike")
    gone = add(make_meeting(organization="Rådet", meeting=Time(start="2018-06-09")), data=b"withdrawn").version
    add(make_meeting(title="Venter"), data=b"waits", hits=(Hit("covered", "covered", "page 1", "Venter"),))
    curation.withdraw(gone.identity, ground="Navne på borgere", **HOW)
    one, other = Organization.objects.get(slug="byrumsudvalget"), Organization.objects.get(slug="udvalget-for-byrum")
    curation.merge(one, other, **HOW)
    for as_of, purpose in (("2018-04-01T12:00:00", "Et udkast."), ("2018-04-10T12:00:00", "Byens rum.")):
        add(committee(as_of=as_of, purpose=purpose))
    taken_off = add(committee(id="anden", name="Havneudvalget")).version
    curation.withdraw(taken_off.identity, ground="Forkerte navne", **HOW)
    open_index().catch_up()
    return shown


@pytest.fixture
def empty_again(settings: Any, tmp_path: Path) -> Any:
    """Leaves the archive for an empty one in another folder, which it gives."""

    def empty(name: str = "restored") -> Path:
        call_command("flush", verbosity=0, interactive=False)
        settings.DATA = tmp_path / name
        settings.DATA.mkdir()
        return settings.DATA

    return empty
