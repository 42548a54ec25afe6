"""What a workspace brings over HTTP is taken in whole or not at all, for its own body alone, and twice as once."""

from __future__ import annotations

import hashlib
import json
import os
import time

import msgspec
import pytest

from raadslag.archive import files
from raadslag.archive.curation import merge
from raadslag.archive.delivery import delivering, staging, tokens
from raadslag.archive.front import counting
from raadslag.archive.models import Body, IntakeToken, JournalEntry, StoredFile, Version, WaitingPaper
from raadslag.core.record import File, Item, Note, Time, encode, identity

from ..conftest import NOON

pytestmark = pytest.mark.django_db

TEXT = "Bænke på torvet, set fra syd.\n".encode()
SHA = hashlib.sha256(TEXT).hexdigest()


class Bringer:
    """A program that brings with one token."""

    def __init__(self, client, text: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {text}"}

    def post(self, value, **changes):
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        options = {"content_type": "application/json"} | changes
        return self.client.post("/intake", data, headers=self.headers, **options)

    def record(self, record):
        return self.post(b'{"schema":"raadslag/intake/1","record":%b}' % encode(record))

    def withdraw(self, sha256: str, ground: str = "Personoplysninger"):
        return self.post({"schema": "raadslag/intake/1", "withdraw": {"sha256": sha256, "ground": ground}})

    def put(self, data: bytes = TEXT, sha256: str | None = None, name: str = "kort.txt"):
        place = f"/intake/files/{sha256 or hashlib.sha256(data).hexdigest()}?name={name}"
        return self.client.put(place, data, content_type="application/octet-stream", headers=self.headers)

    def has(self, sha256: str = SHA) -> bool:
        return self.client.head(f"/intake/files/{sha256}", headers=self.headers).status_code == 200

    def receipt(self, identity: str):
        return self.client.get(f"/intake/receipts/{identity}", headers=self.headers)


@pytest.fixture
def bringer(client):
    """Makes programs that bring for a body."""

    def make(body: str = "Prøvekommunen") -> Bringer:
        return Bringer(client, tokens.make(body, label="test", by="it", at=NOON)[1])

    return make


@pytest.fixture
def released(make_meeting):
    """A record as a workspace releases it; `files` are attached to its item by hash."""

    def make(*hashes: str, **changes):
        attached = tuple(File(title=f"Bilag {n}", access="open", sha256=one) for n, one in enumerate(hashes, 1))
        item = Item(order=1, number="1", title="Torvet", access="open", decision="Godkendt.", files=attached)
        return make_meeting(**({"items": (item,)} | changes))

    return make


def told(response) -> dict:
    assert response.headers["Cache-Control"] == "no-store"
    return json.loads(response.content)


def problem(response, status: int, name: str) -> list[str]:
    """The places that a problem tells, once it is the one expected."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    value = told(response)
    assert (value["status"], value["type"]) == (status, f"urn:raadslag:intake:{name}")
    assert value["title"]
    assert value["detail"]
    return [error["pointer"] for error in value.get("errors", [])]


def rows() -> dict[str, list]:
    """Everything that the database holds of the archive, but the moments."""
    return {
        "versions": sorted(Version.objects.values_list("identity", "number", "is_current", "withdrawn_at")),
        "files": sorted(StoredFile.objects.values_list("sha256", "name", "text", "withdrawn_at")),
        "waiting": sorted(WaitingPaper.objects.values_list("sha256", "reason")),
        "journal": sorted(JournalEntry.objects.values_list("number", "kind", "by")),
    }


# --- records ---


def test_a_record_is_taken_in_once_and_told_where_it_is(bringer, released, client):
    one, record = bringer(), released()
    first = one.record(record)
    assert first.status_code == 201
    assert told(first) | {"at": ""} == {
        "schema": "raadslag/intake/1",
        "identity": identity(record),
        "state": "shown",
        "address": "/proeve/moede/2018-04-09-udvalget-for-byrum/",
        "at": "",
    }
    assert "Godkendt." in client.get(told(first)["address"]).text
    before = rows()
    again = one.record(record)
    assert (again.status_code, told(again)) == (200, told(first))
    assert rows() == before
    assert told(one.receipt(identity(record))) == told(first)
    assert JournalEntry.objects.get(kind="taken_in").by == f"token {IntakeToken.objects.get().pk}"


def test_a_newer_record_takes_the_place_of_the_older(bringer, released):
    one, older = bringer(), released(title="Udkast")
    one.record(older)
    assert one.record(released(title="Rettet")).status_code == 201
    assert told(one.receipt(identity(older)))["state"] == "kept"


def test_a_record_that_does_not_name_its_body_is_of_the_tokens(bringer, released):
    assert told(bringer().record(released(body=None)))["address"].startswith("/proeve/")


def test_who_brings_need_not_spell_the_body_alike(bringer, released):
    assert bringer().record(released(body="PRØVE KOMMUNE")).status_code == 201


def test_a_record_whose_meeting_is_not_known_waits(bringer, released, client):
    one, record = bringer(), released(organization=None)
    answer = one.record(record)
    assert answer.status_code == 202
    assert told(answer) == {
        "schema": "raadslag/intake/1",
        "identity": identity(record),
        "state": "waiting",
        "reason": "unidentified",
        "missing": ["organization"],
    }
    assert told(one.receipt(identity(record))) == told(answer)
    assert Version.objects.count() == 0
    problem(bringer("Ærø Kommune").receipt(identity(record)), 404, "unknown")


def test_a_record_with_what_screening_finds_waits_and_tells_the_place_alone(bringer, released):
    item = Item(order=1, title="Torvet", access="open", decision="CPR 111111-1118 er nævnt.")
    answer = bringer().record(released(items=(item,)))
    assert (answer.status_code, told(answer)["reason"]) == (202, "screening")
    assert told(answer)["hits"]
    assert b"111111" not in answer.content


def test_what_people_have_looked_at_where_it_was_released_stands_in_the_way_no_more(bringer, released):
    """By the lines that this house itself tells: another hit still waits."""
    one, item = bringer(), Item(number="1", order=1, title="Ansøgning fra 111111-1118", access="open")
    record = released(items=(item,))
    lines = told(one.record(record))["hits"]
    body = b'{"schema":"raadslag/intake/1","record":%b,"looked_at":%b}'
    assert one.post(body % (encode(record), b'["items.0.title: x"]')).status_code == 202
    assert one.post(body % (encode(record), json.dumps(lines).encode())).status_code == 201
    assert rows()["waiting"] == []


def test_a_record_that_was_withdrawn_stays_so(bringer, released):
    one, record = bringer(), released()
    one.record(record)
    assert one.withdraw(identity(record)).status_code == 200
    problem(one.record(record), 409, "withdrawn")
    assert told(one.receipt(identity(record)))["ground"] == "Personoplysninger"


# --- what is no delivery ---


@pytest.mark.parametrize(
    ("data", "status", "name", "places"),
    [
        (b" ", 400, "not-json", []),
        (b"{", 400, "not-json", []),
        (b"\xff", 400, "not-json", []),
        (b"[" * 100_000, 422, "not-a-delivery", []),
        (b'{"schema":"raadslag/intake/1","record":' + b"[" * 100_000, 400, "not-json", []),
        (b"[]", 422, "not-a-delivery", []),
        (b'{"schema":"raadslag/intake/1"}', 422, "not-a-delivery", []),
        (b'{"schema":"raadslag/intake/2","record":{}}', 422, "unknown-schema", ["#/schema"]),
        (b'{"schema":"raadslag/intake/1","record":{},"withdraw":{"sha256":"","ground":""}}', 422, "not-a-delivery", []),
        (b'{"schema":"raadslag/intake/1","extra":1}', 422, "not-a-delivery", []),
        (b'{"schema":"raadslag/intake/1","withdraw":{"sha256":1}}', 422, "not-a-delivery", ["#/withdraw/sha256"]),
        (b'{"schema":"raadslag/intake/1","record":{}}', 422, "not-a-record", ["#/record"]),
        (b'{"schema":"raadslag/intake/1","record":[]}', 422, "not-a-record", ["#/record"]),
    ],
)
def test_what_is_no_delivery_is_told(bringer, data, status, name, places):
    assert problem(bringer().post(data), status, name) == places
    assert rows()["versions"] == []


def test_a_wrong_value_is_told_by_its_place_and_never_by_its_words(bringer, released):
    value = msgspec.to_builtins(released())
    value["items"][0]["outcome"] = "Kanariefugl"
    answer = bringer().post({"schema": "raadslag/intake/1", "record": value})
    assert problem(answer, 422, "not-a-record") == ["#/record/items/0/outcome"]
    assert b"anariefugl" not in answer.content


def test_a_record_that_holds_more_than_may_be_shown_is_refused_without_a_word_of_it(bringer, released, data, caplog):
    closed = Item(order=2, access="closed", title="Kanariefugl", public_title="Køb", decision="Kanariefugl")
    record = released(items=(Item(order=1, title="Torvet", access="open"), closed), notes=())
    answer = bringer().record(record)
    assert problem(answer, 422, "holds-more") == ["#/record/items/1/title", "#/record/items/1/decision"]
    assert b"anariefugl" not in answer.content
    assert "anariefugl" not in caplog.text
    assert rows()["versions"] == rows()["waiting"] == []
    assert [path for path in data.rglob("*") if path.is_file() and b"anariefugl" in path.read_bytes()] == []


def test_it_is_json_that_is_sent(bringer):
    problem(bringer().post(b"{}", content_type="text/plain"), 415, "not-json")
    problem(bringer().post(b" " * (20 * 2**20 + 1)), 413, "too-large")


# --- tokens ---


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic abc", "Bearer æ", "bearer raadslag_"])
def test_without_a_token_in_force_nothing_is_done(client, released, header):
    for method, address in (("post", "/intake"), ("put", f"/intake/files/{SHA}"), ("get", f"/intake/receipts/{SHA}")):
        answer = getattr(client, method)(address, headers={"Authorization": header.encode("utf-8").decode("latin-1")})
        problem(answer, 401, "no-token")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_that_is_revoked_opens_nothing(client, released):
    token, text = tokens.make("Prøvekommunen", label="a", by="it", at=NOON)
    assert Bringer(client, text).record(released()).status_code == 201
    tokens.revoke(token.pk, by="it", at=NOON)
    problem(Bringer(client, text).record(released(title="Ny")), 401, "no-token")
    with pytest.raises(tokens.NotPossible):
        tokens.revoke(token.pk, by="it", at=NOON)


def test_the_database_and_the_journal_hold_no_token(client):
    token, text = tokens.make("Prøvekommunen", label="a", by="it", at=NOON)
    assert text not in str(list(IntakeToken.objects.values()) + list(JournalEntry.objects.values()))
    assert len(text) > 40
    assert [entry.kind for entry in JournalEntry.objects.all()] == ["token_made"]
    assert not JournalEntry.objects.get().is_public
    assert tokens.find(text) == token
    assert client.get("/").status_code == 200
    assert client.get(f"/{token.body.slug}/").status_code == 404


def test_a_token_for_a_known_body_is_of_that_body(add, make_meeting):
    add(make_meeting())
    for name in ("proeve", "Prøve Kommune", "PRØVEKOMMUNEN"):
        assert tokens.make(name, label="a", by="it", at=NOON)[0].body == Body.objects.get()
    with pytest.raises(tokens.NotPossible):
        tokens.make("!?", label="a", by="it", at=NOON)


def test_a_token_follows_a_body_that_was_merged(client, add, make_meeting, released):
    add(make_meeting(body="Prøvekøbing"))
    text = tokens.make("Prøvekøbing", label="a", by="it", at=NOON)[1]
    add(make_meeting())
    merge(Body.objects.get(slug="proevekoebing"), Body.objects.get(slug="proeve"), by="it", at=NOON)
    answer = Bringer(client, text).record(released(meeting=Time(start="2019-01-01")))
    assert told(answer)["address"].startswith("/proeve/")


# --- one body cannot touch another's ---


def test_a_record_of_another_body_is_refused(bringer, released):
    bringer().record(released())
    before = rows()["versions"]
    assert problem(bringer("Ærø Kommune").record(released(title="Ny")), 403, "another-body") == ["#/record/body"]
    assert rows()["versions"] == before


def test_of_another_bodys_papers_nothing_is_told_or_withdrawn(bringer, released):
    mine, theirs = bringer(), bringer("Ærø Kommune")
    mine.put()
    record = released(SHA)
    mine.record(record)
    problem(theirs.receipt(identity(record)), 404, "unknown")
    problem(theirs.withdraw(identity(record)), 404, "unknown")
    assert Version.objects.get().withdrawn_at is None


def test_of_another_bodys_files_nothing_is_told(bringer, released):
    mine, theirs = bringer(), bringer("Ærø Kommune")
    mine.put()
    assert (mine.has(), theirs.has()) == (True, False)
    record = released(SHA, body="Ærø Kommune")
    assert problem(theirs.record(record), 422, "missing-files") == ["#/record/items/0/files/0/sha256"]
    mine.record(released(SHA))
    assert (mine.has(), theirs.has()) == (True, False)
    problem(theirs.record(record), 422, "missing-files")
    theirs.put()
    assert theirs.record(record).status_code == 201


def test_a_file_that_others_have_too_is_not_taken_from_them(bringer, released):
    mine, theirs = bringer(), bringer("Ærø Kommune")
    for one, body in ((mine, "Prøvekommunen"), (theirs, "Ærø Kommune")):
        one.put()
        one.record(released(SHA, body=body))
    problem(theirs.withdraw(SHA), 409, "shared-file")
    problem(mine.withdraw("0" * 64), 404, "unknown")
    assert StoredFile.objects.get().withdrawn_at is None


# --- withdrawing ---


def test_a_withdrawal_is_repeat_safe(bringer, released, client):
    one, record = bringer(), released()
    address = told(one.record(record))["address"]
    for _ in range(2):
        assert told(one.withdraw(identity(record))) == {
            "schema": "raadslag/intake/1",
            "identity": identity(record),
            "state": "withdrawn",
        }
    assert JournalEntry.objects.filter(kind="withdrawn").count() == 1
    assert client.get(address).status_code == 410
    assert told(one.receipt(identity(record)))["state"] == "withdrawn"


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_a_later_record_of_a_meeting_that_stays_where_it_was_is_shown(bringer, released, client, is_withdrawn):
    one, record = bringer(), released(id="3f0e6f6e-0000-4000-8000-000000000001")
    address = told(one.record(record))["address"]
    if is_withdrawn:
        one.withdraw(identity(record))
    later = msgspec.structs.replace(
        record, items=(msgspec.structs.replace(record.items[0], decision="Godkendt uden bilag."),)
    )
    answer = told(one.record(later))
    assert (answer["state"], answer["address"]) == ("shown", address)
    assert "Godkendt uden bilag." in client.get(address).content.decode()


def test_a_file_is_withdrawn_by_its_hash(bringer, released):
    one = bringer()
    one.put()
    one.record(released(SHA))
    assert one.withdraw(SHA).status_code == 200
    assert StoredFile.objects.get().withdrawn_at is not None


@pytest.mark.parametrize("ground", ["", "  \n ", "x" * 1001])
def test_a_withdrawal_needs_a_ground(bringer, released, ground):
    one, record = bringer(), released()
    one.record(record)
    assert problem(one.withdraw(identity(record), ground), 422, "no-ground") == ["#/withdraw/ground"]
    assert Version.objects.get().withdrawn_at is None


# --- files ---


def test_a_file_waits_until_a_record_names_it(bringer, released, client, data):
    one = bringer()
    assert not one.has()
    assert one.put().status_code == 201
    assert one.put().status_code == 200
    assert one.has()
    [kept] = list((data / "staged").rglob(SHA))
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert StoredFile.objects.count() == 0
    address = told(one.record(released(SHA)))["address"]
    assert not kept.exists()
    assert client.get(f"{address}bilag/{SHA}").content == TEXT
    stored = StoredFile.objects.get()
    assert (stored.name, stored.media_type, stored.size) == ("kort.txt", "text/plain", len(TEXT))
    assert one.record(released(SHA, title="Rettet")).status_code == 201


def test_bytes_of_another_hash_are_not_kept(bringer, data):
    one = bringer()
    problem(one.put(b"andet", sha256=SHA), 422, "another-hash")
    assert not one.has()
    assert [path for path in (data / "staged").rglob("*") if path.is_file()] == []


def test_a_file_that_cannot_be_read_is_refused(bringer, data):
    problem(bringer().put(b"%PDF-1.7 broken", name="kort.pdf"), 422, "unreadable-file")
    assert [path for path in (data / "staged").rglob("*") if path.is_file()] == []


def test_one_body_cannot_fill_the_disk(bringer, monkeypatch):
    monkeypatch.setattr(staging, "MOST_BYTES", len(TEXT) + 300)
    one = bringer()
    assert one.put().status_code == 201
    problem(one.put(TEXT * 20), 507, "no-room")
    assert bringer("Ærø Kommune").put().status_code == 201


def test_a_full_disk_is_told(bringer, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(staging.os, "fsync", full)
    problem(bringer().put(), 507, "no-room")


def test_what_nobody_names_is_gone_after_a_day(bringer, released, data):
    one = bringer()
    one.put()
    day_before = time.time() - staging.KEPT_SECONDS - 1
    for path in (data / "staged").rglob("*"):
        if path.is_file():
            os.utime(path, (day_before, day_before))
    one.record(released())
    assert not one.has()
    assert [path for path in (data / "staged").rglob("*") if path.is_file()] == []


def test_a_file_of_a_record_that_waits_is_still_there(bringer, released):
    one = bringer()
    one.put()
    assert one.record(released(SHA, organization=None)).status_code == 202
    assert one.has()


def test_what_is_in_a_file_lets_the_record_wait(bringer, released):
    one = bringer()
    text = b"CPR 111111-1118"
    one.put(text)
    answer = one.record(released(hashlib.sha256(text).hexdigest()))
    assert (answer.status_code, StoredFile.objects.count()) == (202, 0)


def test_a_hash_that_is_none_is_told(bringer, released):
    assert problem(bringer().record(released("x")), 422, "not-a-record") == ["#/record/items/0/files/0/sha256"]


@pytest.mark.parametrize(
    ("method", "address"), [("get", "/intake"), ("post", f"/intake/files/{SHA}"), ("put", f"/intake/receipts/{SHA}")]
)
def test_each_address_knows_its_ways(client, method, address):
    answer = getattr(client, method)(address)
    assert answer.status_code == 405
    assert answer.headers["Allow"]


@pytest.mark.parametrize("address", ["/intake/files/abc", "/intake/files/../../x", "/intake/x", "/intake/receipts/"])
def test_there_is_nothing_else(client, address):
    assert client.get(address).status_code == 404


# --- whole or not at all ---


class Stopped(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at", range(1, 12))
def test_wherever_it_is_stopped_it_is_whole_or_not_there_and_goes_on(bringer, released, monkeypatch, at, data):
    one = bringer()
    one.put()
    before = rows()
    calls = 0

    def step(function):
        def stepping(*args, **options):
            nonlocal calls
            calls += 1
            if calls == at:
                raise Stopped
            return function(*args, **options)

        return stepping

    for owner, name in (
        (files, "put"),
        (delivering.intake.Filing, "add"),
        (delivering.intake.Filing, "attach"),
        (delivering.intake.Filing, "save"),
        (delivering.intake.journal, "write_all"),
        (delivering.staging, "remove"),
    ):
        monkeypatch.setattr(owner, name, step(getattr(owner, name)))
    try:
        one.record(released(SHA))
        finished = True
    except Stopped:
        finished = False
    monkeypatch.undo()
    if not finished and not Version.objects.exists():
        assert rows() == before
        assert not files.path(SHA).exists()
    assert one.record(released(SHA)).status_code in (200, 201)
    assert [version.identity for version in Version.objects.all()] == [identity(released(SHA))]
    assert files.read(SHA) == TEXT


def test_of_a_meeting_that_has_an_identity_the_newest_minutes_are_shown(bringer, released, client):
    """A workspace gives its meetings an identity, and a second release seldom changes the start."""
    ours = bringer()
    first, second = released(id="e1"), released(id="e1", notes=(Note(kind="remark", text="Rettet."),))
    assert [told(ours.record(one))["state"] for one in (first, second)] == ["shown", "shown"]
    assert told(ours.receipt(identity(first)))["state"] == "kept"
    assert Version.objects.get(is_current=True).identity == identity(second)
    assert b"Rettet." in client.get("/proeve/moede/2018-04-09-udvalget-for-byrum/referat.json").content


# --- what was served ---


def test_a_workspace_hears_where_when_and_how_often_its_own_was_served(bringer, released, monkeypatch):
    """I12: counts alone, and of no other body's."""
    ours = bringer()
    record = released()
    ours.record(record)
    name = identity(record)
    fresh = counting.Counts(today=lambda: NOON.date())
    monkeypatch.setattr(counting, "counts", lambda: fresh)
    fresh.count("/proeve/moede/2018-04-09-udvalget-for-byrum/", (name,))
    ours.withdraw(name)
    answer = ours.client.get(f"/intake/served/{name}", headers=ours.headers)
    given = told(answer)
    del given["since"]
    assert given == {
        "schema": "raadslag/intake/1",
        "sha256": name,
        "shown": [
            {
                "address": "/proeve/moede/2018-04-09-udvalget-for-byrum/",
                "first": "2018-04-12",
                "last": "2018-04-12",
                "count": 1,
            }
        ],
    }
    theirs = bringer("Fjordkommunen")
    for asked in (name, "0" * 64):
        assert theirs.client.get(f"/intake/served/{asked}", headers=theirs.headers).status_code == 404
    assert ours.client.get(f"/intake/served/{name}").status_code == 401
