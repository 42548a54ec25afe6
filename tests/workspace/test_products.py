"""A product: parts that keep their identity, changes with causes, frozen versions, proposals that get an answer."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raadslag.core import comparing, readers, record
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import MandateTask
from raadslag.workspace.common.errors import Blocked, Conflict, NotPermitted
from raadslag.workspace.common.models import JournalEntry
from raadslag.workspace.files.keeping import store
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.minutes import actions as minutes
from raadslag.workspace.products import actions, composing, papers
from raadslag.workspace.products.actions import Cause
from raadslag.workspace.products.models import Approval, Change, Element, Product, Proposal
from raadslag.workspace.products.reading import parts_of

from .conftest import LONG_AGO, World

pytestmark = pytest.mark.django_db


class Draft:
    """A product of the committee, and who writes it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.told: dict[str, Any] = {"by": world["secretary"], "at": world.at}
        self.product = actions.begin(world.committee, "Trygge boligområder", **self.told)
        self.group = world.found("Skrivegruppen", "writing", world.committee)
        self.writer = world.appoint("writer", "member", self.group)

    def add(
        self, title: str, text: str = "", parent: Element | None = None, kind: str = "text", **more: Any
    ) -> Element:
        return actions.add(self.product, kind=kind, title=title, text=text, parent=parent, **{**self.told, **more})

    def write(self, element: Element, text: str, **more: Any) -> Element:
        element.refresh_from_db()
        given = {"title": element.title, "text": text, "version": element.version, **self.told, **more}
        return actions.write(element, **given)

    def freeze(self, label: str = "v0.1") -> Any:
        return actions.freeze(self.product, label, **self.told)

    def outline(self) -> list[str]:
        return [f"{node.number} {node.part.title}" for node in composing.tree(self.product)]


@pytest.fixture
def draft(world: World) -> Draft:
    return Draft(world)


def test_parts_are_numbered_by_their_place_and_principles_through_the_whole(draft: Draft) -> None:
    first = draft.add("Fokusområder")
    for title in ("Ensomhed", "Samarbejde"):
        draft.add(title, parent=first, kind="focus_area")
    themes = draft.add("Temaer")
    for title in ("Netværk", "Styring"):
        theme = draft.add(title, parent=themes, kind="theme")
        for number in (1, 2):
            draft.add(f"{title} {number}", parent=theme, kind="principle")
    assert draft.outline() == [
        "1 Fokusområder", "1.1 Ensomhed", "1.2 Samarbejde", "2 Temaer", "2.1 Netværk", "1 Netværk 1", "2 Netværk 2",
        "2.2 Styring", "3 Styring 1", "4 Styring 2",
    ]  # fmt: skip


def test_a_part_keeps_its_identity_wherever_it_goes(draft: Draft) -> None:
    first, second, third = (draft.add(title) for title in ("A", "B", "C"))
    below = draft.add("B1", parent=second)
    actions.move(third, None, None, **draft.told)
    assert draft.outline() == ["1 C", "2 A", "3 B", "3.1 B1"]
    actions.move(second, first, None, **draft.told)
    assert draft.outline() == ["1 C", "2 A", "2.1 B", "2.1.1 B1"]
    below.refresh_from_db()
    with pytest.raises(Blocked):
        actions.move(first, below, None, **draft.told)
    with pytest.raises(Blocked):
        actions.remove(first, True, **draft.told)
    actions.remove(below, True, **draft.told)
    assert draft.outline() == ["1 C", "2 A", "2.1 B"]
    actions.remove(below, False, **draft.told)
    assert draft.outline()[-1] == "2.1.1 B1"


def test_between_two_neighbours_there_is_always_room(draft: Draft) -> None:
    first, last = draft.add("Først"), draft.add("Sidst")
    for number in range(30):
        one = draft.add(f"{number}")
        first.refresh_from_db()
        actions.move(one, None, first, **draft.told)
    assert draft.outline() == [
        "1 Først", *(f"{at} {number}" for at, number in enumerate(reversed(range(30)), 2)), "32 Sidst",
    ]  # fmt: skip
    assert last.product_id == draft.product.pk


def test_nothing_lies_deeper_than_one_finds_ones_way(draft: Draft) -> None:
    above = None
    for level in range(6):
        above = draft.add(str(level), parent=above)
    with pytest.raises(Blocked):
        draft.add("6", parent=above)
    other = draft.add("En")
    draft.add("To", parent=other)
    assert above
    with pytest.raises(Blocked):
        actions.move(other, above.parent, None, **draft.told)


def test_two_who_write_at_once_lose_nothing(draft: Draft) -> None:
    part = draft.add("Ensomhed", "Før.")
    opened = part.version
    draft.write(part, "Nu.")
    with pytest.raises(Conflict):
        draft.write(part, "Også nu.", version=opened)
    part.refresh_from_db()
    assert (part.text, part.version) == ("Nu.", opened + 1)
    assert list(part.versions.values_list("text", flat=True)) == ["Nu.", "Før."]


def test_that_a_part_was_moved_is_no_conflict_with_its_text(draft: Draft) -> None:
    draft.add("A")
    part = draft.add("B", "Før.")
    opened = part.version
    actions.move(part, None, None, **draft.told)
    draft.write(part, "Nu.", version=opened)
    part.refresh_from_db()
    assert part.text == "Nu."


def test_only_the_administration_and_the_group_that_has_it_write_a_part(draft: Draft) -> None:
    part = draft.add("Ensomhed", "Før.")
    with pytest.raises(NotPermitted):
        draft.write(part, "Nu.", by=draft.writer)
    actions.assign(part, draft.group, [], **draft.told)
    draft.write(part, "Nu.", by=draft.writer)
    with pytest.raises(NotPermitted):
        draft.write(part, "Noget andet.", by=draft.world["member"])
    last = Change.objects.last()
    assert last
    assert (last.by, last.group) == (draft.writer, draft.group)


def test_savings_for_the_same_cause_are_one_change_until_a_version_is_frozen(draft: Draft) -> None:
    part = draft.add("Ensomhed")
    meeting = Cause("group", "", "Skrivegruppens møde den 22. marts")
    for text in ("En.", "En. To.", "En. To. Tre."):
        draft.write(part, text, cause=meeting)
    assert [(one.name, one.kind, one.savings.count()) for one in Change.objects.all()] == [
        ("Æ-01", "correction", 1), ("Æ-02", "group", 3),
    ]  # fmt: skip
    frozen = draft.freeze()
    assert [(one.id, one.cause) for one in frozen.decoded().changes] == [
        ("Æ-01", None), ("Æ-02", "Skrivegruppens møde den 22. marts"),
    ]  # fmt: skip
    draft.write(part, "Fire.", cause=meeting)
    assert Change.objects.filter(version=None).get().name == "Æ-03"


def test_a_version_is_frozen_bytes(draft: Draft) -> None:
    part = draft.add("Ensomhed", "Mange kender ikke deres naboer.", kind="focus_area")
    version = draft.freeze("v0.3")
    whole = version.decoded()
    assert (whole.version, whole.title, whole.body) == ("v0.3", "Trygge boligområder", "Prøvekommunen")
    assert whole.elements == (
        record.Element(
            id=str(part.pk), kind="focus_area", number="1", title="Ensomhed", text="Mange kender ikke deres naboer."
        ),
    )
    assert version.sha256 == record.identity(whole)
    draft.write(part, "Noget andet.")
    version.refresh_from_db()
    assert composing.rebuilt(version) == version.record.encode()
    entry = JournalEntry.objects.filter(kind="products.VersionFrozen").get()
    assert entry.values == {"label": "v0.3", "sha256": version.sha256, "pdf_sha256": version.pdf_sha256}


@pytest.mark.parametrize("label", ["0.3", "v1", "v0.3 ny", "v0.3"])
def test_a_version_has_a_name_of_its_own(draft: Draft, label: str) -> None:
    part = draft.add("Ensomhed")
    draft.freeze("v0.3")
    draft.write(part, "Nyt.")
    with pytest.raises(Blocked):
        draft.freeze(label)


def test_nothing_new_is_not_frozen_again_nor_is_nothing(draft: Draft) -> None:
    with pytest.raises(Blocked):
        draft.freeze()
    draft.add("Ensomhed")
    draft.freeze("v0.1")
    with pytest.raises(Blocked):
        draft.freeze("v0.2")


def test_what_was_approved_is_written_no_more(draft: Draft) -> None:
    part = draft.add("Ensomhed")
    Product.objects.filter(pk=draft.product.pk).update(state="approved")
    part.refresh_from_db()
    for act in (
        lambda: draft.add("Mere"), lambda: draft.write(part, "Nyt."), lambda: actions.remove(part, True, **draft.told),
        lambda: actions.move(part, None, None, **draft.told), lambda: draft.freeze(),
        lambda: actions.propose(part, title="", text="Nyt.", base=1, **draft.told),
    ):  # fmt: skip
        with pytest.raises(Blocked):
            act()


def test_an_earlier_text_comes_back_and_nothing_is_lost(draft: Draft) -> None:
    part = draft.add("Ensomhed", "En.")
    draft.write(part, "To.")
    actions.restore(part, 1, **draft.told)
    part.refresh_from_db()
    assert part.text == "En."
    assert list(part.versions.values_list("text", flat=True)) == ["En.", "To.", "En."]
    with pytest.raises(Blocked):
        actions.restore(part, 77, **draft.told)


# --- proposals ---


def proposed(draft: Draft, part: Element, text: str = "Nu.", **more: Any) -> Proposal:
    given = {"title": part.title, "text": text, "base": part.version, "by": draft.world["member"], "at": draft.world.at}
    return actions.propose(part, **{**given, **more})


def test_a_proposal_that_is_accepted_is_a_change_with_its_cause(draft: Draft) -> None:
    part = draft.add("Ensomhed", "Før.")
    one = proposed(draft, part)
    one = actions.accept(one, title=part.title, text="Nu.", version=part.version, answer="Tak.", **draft.told)
    part.refresh_from_db()
    assert (part.text, one.state, one.answer) == ("Nu.", "accepted", "Tak.")
    assert one.change
    assert (one.change.kind, one.change.because) == ("proposal", "")
    with pytest.raises(Blocked):
        actions.refuse(one, "Alligevel ikke.", **draft.told)


def test_with_other_words_it_is_accepted_with_changes(draft: Draft) -> None:
    part = draft.add("Ensomhed", "Før.")
    one = proposed(draft, part)
    one = actions.accept(one, title=part.title, text="Nu og da.", version=part.version, **draft.told)
    assert one.state == "changed"


def test_it_is_not_refused_without_a_reason_and_taken_back_by_who_made_it_alone(draft: Draft) -> None:
    part = draft.add("Ensomhed", "Før.")
    one, other = proposed(draft, part), proposed(draft, part, "Noget andet.")
    with pytest.raises(Blocked):
        actions.refuse(one, "  ", **draft.told)
    assert actions.refuse(one, "Det hører til et andet sted.", **draft.told).state == "refused"
    with pytest.raises(NotPermitted):
        actions.take_back(other, by=draft.world["second"], at=draft.world.at)
    assert actions.take_back(other, by=draft.world["member"], at=draft.world.at).state == "taken_back"
    part.refresh_from_db()
    assert part.text == "Før."


def test_a_text_that_has_moved_on_is_not_written_over(draft: Draft) -> None:
    part = draft.add("Ensomhed", "Før.")
    one = proposed(draft, part)
    opened = part.version
    draft.write(part, "Imens.")
    with pytest.raises(Conflict):
        actions.accept(one, title=part.title, text="Nu.", version=opened, **draft.told)
    one.refresh_from_db()
    assert one.state == "open"


def test_a_proposal_says_something_else(draft: Draft) -> None:
    part = draft.add("Ensomhed", "Før.")
    with pytest.raises(Blocked):
        proposed(draft, part, "Før.")


# --- a draft that is brought ---

BROUGHT = """Indledning uden overskrift.

# 1. Fokusområder

## 1.1 Ensomhed og fællesskab

Mange kender ikke deres naboer.

### Princip 3: Mød folk, hvor de er

# Tiltag
## Tiltag: Bænke ved søen
Sæt tre bænke op.
"""


def test_headings_become_parts_and_no_word_is_lost() -> None:
    assert [(part.depth, part.kind, part.title, part.text) for part in parts_of(BROUGHT)] == [
        (0, "text", "", "Indledning uden overskrift."),
        (0, "text", "Fokusområder", ""),
        (1, "focus_area", "Ensomhed og fællesskab", "Mange kender ikke deres naboer."),
        (2, "principle", "Mød folk, hvor de er", ""),
        (0, "text", "Tiltag", ""),
        (1, "measure", "Bænke ved søen", "Sæt tre bænke op."),
    ]
    assert [part.title for part in parts_of(BROUGHT) if part.is_guessed] == ["Ensomhed og fællesskab"]
    assert [part.stood for part in parts_of(BROUGHT)] == ["", "1.", "1.1", "Princip 3:", "", "Tiltag:"]
    assert [(part.title, part.text) for part in parts_of(f"# 2026 bliver godt\n# 10 principper\n# {'ord ' * 100}")] == [
        ("2026 bliver godt", ""), ("10 principper", ""), ("ord " * 75, ("ord " * 25).strip()),
    ]  # fmt: skip


@given(
    st.lists(
        st.sampled_from(["# ", "## ", "#### ", ""]).flatmap(
            lambda mark: st.sampled_from(["Bænke", "2018", ""]).map(lambda word: mark + word)
        ),
        max_size=12,
    )
)
def test_every_word_of_a_draft_stands_in_a_part(lines: list[str]) -> None:
    parts = parts_of("\n".join(lines))
    said = " ".join(f"{part.title} {part.text}" for part in parts).split()
    assert [word for word in said if set(word) != {"#"}] == [
        word for line in lines for word in line.split() if set(word) != {"#"}
    ]
    for before, part in itertools.pairwise(parts):
        assert 0 <= part.depth <= before.depth + 1


# --- histories ---

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "write", "move", "remove", "back", "freeze"]), st.integers(0, 9), st.integers(0, 9)
    ),
    max_size=25,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_every_frozen_version_can_be_rebuilt_and_every_difference_applied(
    draft: Draft, steps: list[tuple[str, int, int]]
) -> None:
    """Whatever happens to a product: each version is rebuilt to the byte, and differs by what is told."""
    draft.product = actions.begin(draft.world.committee, "Et produkt", **draft.told)
    elements: list[Element] = []
    labels = 0
    for what, one, other in steps:
        at = elements[one % len(elements)] if elements else None
        to = elements[other % len(elements)] if elements else None
        try:
            if what == "add" or at is None or to is None:
                elements.append(draft.add(f"Del {len(elements)}", parent=to if other % 2 else None))
            elif what == "write":
                draft.write(at, f"{at.text}Sætning {one}{other}.\n\n")
            elif what == "move":
                to.refresh_from_db()
                actions.move(at, to.parent if other % 2 else to, to if other % 2 else None, **draft.told)
            elif what in ("remove", "back"):
                actions.remove(at, what == "remove", **draft.told)
            else:
                draft.freeze(f"v0.{labels}")
                labels += 1
        except Blocked:
            pass
    versions = list(draft.product.versions.order_by("number"))
    for version in versions:
        assert composing.rebuilt(version) == version.record.encode()
    for before, after in itertools.pairwise(versions):
        old, new = before.decoded().elements, after.decoded().elements
        assert comparing.apply(old, comparing.compare(old, new)) == new


# --- pages ---


def test_a_product_from_a_draft_to_a_version_that_is_compared(draft: Draft, browser_of: Callable[..., Client]) -> None:
    client = browser_of("secretary")
    bring = reverse("products:bring", args=[draft.product.pk])
    looked = client.post(bring, {"text": BROUGHT})
    assert looked.status_code == 200
    assert "Det læses som 6 dele" in looked.content.decode()
    assert not draft.product.elements.exists()
    assert client.post(bring, {"text": BROUGHT, "do": "take"}).status_code == 422  # nobody has looked at it
    seen = {"text": BROUGHT, "do": "take", "seen": looked.context["seen"], "cause": "correction"}
    assert client.post(bring, seen).status_code == 302
    freeze = reverse("products:freeze", args=[draft.product.pk])
    assert client.post(freeze, {"label": "v0.3", "note": "Til 5. møde"}).status_code == 302
    part = draft.product.elements.get(title="Ensomhed og fællesskab")
    edit = reverse("products:element", args=[draft.product.pk, part.pk])
    told = {
        "kind": "text",
        "title": part.title,
        "text": "Mange kender slet ikke deres naboer.",
        "version": part.version,
    }
    refused = client.post(edit, {**told, "cause": "group", "because": ""})
    assert refused.status_code == 422
    assert "Mange kender slet ikke" in refused.content.decode()
    assert client.post(edit, {**told, "cause": "group", "because": "Skrivegruppen"}).status_code == 302
    compared = client.get(reverse("products:compare", args=[draft.product.pk])).content.decode()
    assert "Fra v0.3 til dagens kladde" in compared
    assert "slet" in compared
    assert 'class="r-new"' in compared
    shown = client.get(reverse("products:version", args=[draft.product.pk, "v0.3"])).content.decode()
    assert "Mange kender ikke deres naboer." in shown
    whole = record.decode(client.get(reverse("products:paper", args=[draft.product.pk, "v0.3", "json"])).content)
    assert isinstance(whole, record.Product)
    assert [element.number for element in whole.elements] == ["1", "2", "2.1", "1", "3", "3.1"]


def test_a_conflict_shows_both_texts(draft: Draft, browser_of: Callable[..., Client]) -> None:
    part = draft.add("Ensomhed", "Før.")
    draft.write(part, "Den enes ord.")
    told = {"kind": "text", "title": "Ensomhed", "text": "Den andens ord.", "version": 1, "cause": "correction"}
    edit = reverse("products:element", args=[draft.product.pk, part.pk])
    shown = browser_of("case_worker").post(edit, told)
    assert shown.status_code == 422
    assert "Den enes ord." in shown.content.decode()
    assert "Den andens ord." in shown.content.decode()


def test_a_member_proposes_and_the_administration_decides(draft: Draft, browser_of: Callable[..., Client]) -> None:
    part = draft.add("Ensomhed", "Før.")
    member, secretary = browser_of("member"), browser_of("secretary")
    assert member.get(reverse("products:element", args=[draft.product.pk, part.pk])).status_code == 404
    propose = reverse("products:propose", args=[draft.product.pk, part.pk])
    told = {"title": "Ensomhed", "text": "Nu.", "reason": "Det er klarere.", "version": 1}
    assert member.post(propose, told).status_code == 302
    row = Proposal.objects.get()
    decide = reverse("products:decide", args=[draft.product.pk, row.pk])
    assert member.post(decide, {"do": "refuse", "answer": "Nej."}).status_code == 404
    refused = secretary.post(decide, {"do": "refuse", "title": "Ensomhed", "text": "Nu.", "answer": ""})
    assert refused.status_code == 422
    accepted = {"do": "accept", "title": "Ensomhed", "text": "Nu.", "version": 1, "answer": "Tak."}
    assert secretary.post(decide, accepted).status_code == 302
    listed = member.get(reverse("products:proposals", args=[draft.product.pk])).content.decode()
    assert "Indarbejdet" in listed
    assert "Tak." in listed


def test_moves_up_and_down_by_buttons(draft: Draft, browser_of: Callable[..., Client]) -> None:
    parts = [draft.add(title) for title in "ABC"]
    client = browser_of("secretary")

    def press(part: Element, **told: Any) -> list[str]:
        assert client.post(reverse("products:move", args=[draft.product.pk, part.pk]), told).status_code == 302
        return [line.partition(" ")[2] for line in draft.outline()]

    assert press(parts[2], to="up") == ["A", "C", "B"]
    assert press(parts[2], to="up") == ["C", "A", "B"]
    assert press(parts[2], to="up") == ["C", "A", "B"]
    assert press(parts[2], to="down") == ["A", "C", "B"]
    assert press(parts[1], to="down") == ["A", "C", "B"]
    assert press(parts[0], to="after", target=str(parts[1].pk)) == ["C", "B", "A"]
    assert press(parts[0], to="below", target=str(parts[2].pk)) == ["C", "A", "B"]
    assert draft.outline() == ["1 C", "1.1 A", "2 B"]


def test_a_part_answers_tasks_of_the_mandate(draft: Draft, browser_of: Callable[..., Client]) -> None:
    bodies.adopt_mandate(
        draft.world.committee, purpose="Et bedre sted at bo.", tasks=["et overblik", "ti principper"], composition="",
        decided_by="Kommunalbestyrelsen", decided_on=LONG_AGO, by=draft.world["secretary"], at=draft.world.at,
    )  # fmt: skip
    part = draft.add("Principper")
    task = MandateTask.objects.get(number=2)
    client = browser_of("secretary")
    assign = reverse("products:assign", args=[draft.product.pk, part.pk])
    assert client.post(assign, {"group": str(draft.group.pk), "tasks": [task.pk]}).status_code == 302
    shown = client.get(draft.product.get_absolute_url()).content.decode()
    assert "svarer på opgave 2" in shown
    assert "skrives af Skrivegruppen" in shown


def test_pages_cost_the_same_for_one_part_and_for_many(
    draft: Draft, browser_of: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browser_of("secretary")
    costs = []
    for size in (1, 12):
        for _ in range(size):
            part = draft.add(f"Del {draft.product.elements.count()}", "Ord.")
            actions.assign(part, draft.group, [], **draft.told)
            proposed(draft, part)
        draft.freeze(f"v0.{size}")
        paths = [
            draft.product.get_absolute_url(), reverse("products:proposals", args=[draft.product.pk]),
            reverse("products:changes", args=[draft.product.pk]), reverse("products:compare", args=[draft.product.pk]),
            reverse("products:version", args=[draft.product.pk, f"v0.{size}"]),
            reverse("products:products", args=[draft.world.committee.pk]),
        ]  # fmt: skip
        for path in paths:
            client.get(path)
        cost = []
        for path in paths:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path).status_code == 200
            cost.append(len(asked))
        costs.append(cost)
    assert costs[0][:4] == costs[1][:4]
    assert costs[0][5] == costs[1][5]


# --- papers ---


def test_each_version_and_the_draft_are_papers_in_every_form(draft: Draft, browser_of: Callable[..., Client]) -> None:
    part = draft.add("Ensomhed", "Mange beboere kender ikke deres naboer.")
    draft.freeze("v0.1")
    draft.write(part, "Mange beboere kender slet ikke deres naboer.", cause=Cause("group", "", "Mødet i marts"))
    version = draft.freeze("v0.2")
    draft.write(part, "Mange beboere kender slet ikke alle deres naboer.", cause=Cause("decision", "", "Formanden"))
    client = browser_of("member")

    def paper(label: str, to: str, query: str = "") -> Any:
        name, args = ("draft-paper", [to]) if label == "kladde" else ("paper", [label, to])
        return client.get(reverse(f"products:{name}", args=[draft.product.pk, *args]) + query)

    assert store().read(version.pdf_sha256) == paper("v0.2", "pdf").content
    assert readers.read_bytes(paper("v0.2", "pdf").content).version == "v0.2"  # type: ignore[union-attr]
    for to, kind in papers.FORMATS.items():
        for query in ("", "?vis=ren", "?vis=aendringer&fra=v0.1"):
            found = paper("v0.2", to, query)
            expected = (404, "text/html; charset=utf-8") if to == "json" and query else (200, kind)
            assert (found.status_code, found.headers["Content-Type"]) == expected, (to, query)
    assert "style-src 'sha256-" in paper("v0.2", "html").headers["Content-Security-Policy"]
    changed = paper("v0.2", "txt", "?vis=aendringer").content.decode()
    assert "kender [nyt: slet] ikke" in changed
    assert "Mødet i marts" in changed
    assert "Formanden" not in changed
    both = paper("kladde", "txt", "?vis=aendringer&fra=v0.1").content.decode()
    assert "KLADDE" in both
    assert "kender [nyt: slet] ikke [nyt: alle] deres" in both
    assert "Æ-02: Et møde i en gruppe: Mødet i marts (Byrumsudvalget)" in both
    assert "Æ-03: En beslutning: Formanden" in both
    assert "KLADDE" not in paper("v0.2", "txt").content.decode()
    for label, to, query in (
        ("v0.2", "odt", ""), ("v0.2", "pdf", "?vis=svar"), ("v0.1", "pdf", "?vis=aendringer"),
        ("v0.1", "pdf", "?vis=aendringer&fra=v0.2"), ("kladde", "pdf", "?vis=noget"),
    ):  # fmt: skip
        assert paper(label, to, query).status_code == 404, (label, to, query)
    shown = client.get(reverse("products:version", args=[draft.product.pk, "v0.2"])).content.decode()
    assert "Med ændringer siden v0.1" in shown
    assert "Med svar" not in shown


# --- approval ---


def _decided(world: World, outcome: str, *, days: int = 14, is_over: bool = False) -> Any:
    """The item of a meeting at which the committee has decided something."""
    told = {"by": world["secretary"], "at": world.at}
    meeting = world.meeting(days=days)
    item = meetings.add_case(meeting, world.case(), **told)
    meetings.send_agenda(meeting, **told)
    minutes.open_meeting(meeting, [], **told)
    minutes.set_outcome(item, outcome, **told)
    if is_over:
        minutes.start_reading(meeting, **told)
        minutes.tick(item, True, **told)
        minutes.adjourn(meeting, **told)
    item.refresh_from_db()
    return item


def test_the_committee_approves_exact_bytes_and_its_minutes_say_so(draft: Draft) -> None:
    part = draft.add("Ensomhed", "Mange er alene.")
    version = draft.freeze("v1.0")
    item = _decided(draft.world, "approved")
    actions.approve(version, item, **draft.told)
    draft.product.refresh_from_db()
    assert draft.product.state == Product.State.APPROVED
    (entry,) = item.entries.all()
    assert entry.kind == "decision"
    assert entry.text == f"Godkendt: »Trygge boligområder«, v1.0. Fingeraftrykket begynder med {version.sha256[:16]}."
    for change in (lambda: draft.write(part, "Andet."), lambda: draft.freeze("v1.1"),
                   lambda: actions.approve(version, item, **draft.told)):  # fmt: skip
        with pytest.raises(Blocked):
            change()
    told = JournalEntry.objects.filter(about=f"products.product:{draft.product.pk}").last()
    assert (told.kind, told.values["sha256"]) == ("products.VersionApproved", version.sha256)

    with pytest.raises(Blocked):
        actions.reopen(draft.product, " ", **draft.told)
    actions.reopen(draft.product, "Rådet vil have tal med.", **draft.told)
    with pytest.raises(Blocked):
        actions.reopen(draft.product, "Igen.", **draft.told)
    draft.write(Element.objects.get(pk=part.pk), "Hver tredje er alene.")
    later = draft.freeze("v1.1")
    actions.approve(later, item, **draft.told)  # the same decision may stand for what it asked for
    stands = {one.version.label: one.undone_at is None for one in Approval.objects.all()}
    assert stands == {"v1.0": False, "v1.1": True}


def test_what_is_not_the_last_word_is_not_approved(draft: Draft) -> None:
    part = draft.add("Ensomhed", "Mange er alene.")
    first = draft.freeze("v0.9")
    item = _decided(draft.world, "recommended", is_over=True)
    proposal = actions.propose(part, title="Ensomhed", text="Ingen.", base=1, **draft.told)
    with pytest.raises(Blocked, match="1 "):
        actions.approve(first, item, **draft.told)
    actions.take_back(proposal, **draft.told)
    draft.write(part, "Nogle er alene.")
    with pytest.raises(Blocked, match=r"v0\.9"):
        actions.approve(first, item, **draft.told)
    second = draft.freeze("v1.0")
    with pytest.raises(Blocked, match=r"v1\.0"):
        actions.approve(first, item, **draft.told)
    for other in (None, _decided(draft.world, "deferred", days=28)):
        with pytest.raises(Blocked):
            actions.approve(second, other, **draft.told)
    actions.approve(second, item, **draft.told)  # after the meeting its minutes stay as they were
    assert not item.entries.exists()


def test_the_secretary_tells_which_version_was_approved_and_opens_it_again(
    draft: Draft, browser_of: Callable[..., Client]
) -> None:
    draft.add("Ensomhed", "Mange er alene.")
    version = draft.freeze("v1.0")
    item = _decided(draft.world, "approved", is_over=True)
    page, place = browser_of("secretary"), f"/produkter/{draft.product.pk}/v1.0/"
    assert f"{place}godkend/" in page.get(place).content.decode()
    assert f"{place}godkend/" not in browser_of("member").get(place).content.decode()
    assert version.sha256[:16] in page.get(f"{place}godkend/").content.decode()
    assert page.post(f"{place}godkend/", {"item": ""}).status_code == 422
    page.post(f"{place}godkend/", {"item": item.pk})
    assert "Godkendt af udvalget på" in browser_of("member").get(place).content.decode()
    again = f"/produkter/{draft.product.pk}/genaabn/"
    assert again in page.get(draft.product.get_absolute_url()).content.decode()
    assert browser_of("case_worker").post(again, {"reason": "Nej"}).status_code == 404
    page.post(again, {"reason": "Rådet vil have tal med."})
    shown = browser_of("member").get(place).content.decode()
    assert "Åbnet igen" in shown
    assert "Rådet vil have tal med." in shown


def test_one_proposes_in_ones_own_name_or_in_that_of_a_group_that_one_is_of(
    draft: Draft, browser_of: Callable[..., Client]
) -> None:
    part = draft.add("Ensomhed", "Mange er alene.")
    actions.assign(part, draft.group, [], **draft.told)
    working = draft.world.found("Arbejdsgruppen", "working", draft.world.committee)
    draft.world.appoint("worker", "member", working)
    place = f"/produkter/{draft.product.pk}/del/{part.pk}/foreslaa/"
    told = {"title": "Ensomhed", "reason": "", "version": part.version}
    asked = browser_of("worker").get(place).content.decode()
    assert ("Arbejdsgruppen" in asked, "Skrivegruppen" in asked.partition("<form")[2]) == (True, False)
    assert "I hvis navn" not in browser_of("member").get(place).content.decode()  # is of no group
    browser_of("member").post(place, {**told, "text": "Nogle.", "group": str(draft.group.pk)})
    browser_of("worker").post(place, {**told, "text": "Få.", "group": str(working.pk)})
    browser_of("worker").post(place, {**told, "text": "Ingen.", "group": ""})
    names = [(one.text, one.group and one.group.name) for one in draft.product.elements.get().proposals.all()]
    assert sorted(names) == [("Få.", "Arbejdsgruppen"), ("Ingen.", None), ("Nogle.", None)]
    with pytest.raises(NotPermitted):
        actions.propose(part, title="", text="Alle.", base=1, group=draft.group, by=draft.world["worker"],
                        at=draft.world.at)  # fmt: skip


def test_a_comment_may_be_the_cause_and_is_named(draft: Draft, browser_of: Callable[..., Client]) -> None:
    part = draft.add("Ensomhed", "Mange er alene.")
    place, page = f"/produkter/{draft.product.pk}/del/{part.pk}/", browser_of("case_worker")
    told = {"kind": "text", "title": "Ensomhed", "text": "Nogle er alene.", "version": 1, "cause": "contribution"}
    assert page.post(place, {**told, "because": " "}).status_code == 422
    page.post(place, {**told, "because": "K-05"})
    change = draft.product.changes.last()
    assert change is not None
    assert (change.kind, change.because) == ("contribution", "K-05")
