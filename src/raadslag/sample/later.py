"""The sample from 18.52 on, played to its end: the minutes of the fifth meeting, the last answers, the sixth meeting
with approval and evaluation, the council's decision, what became of its six promises after three months, and all of it
let out.

Course and counts are those of product.md; every sentence was written for this project.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from raadslag.sample.evening import FACILITATOR, WRITER
from raadslag.sample.played import Played
from raadslag.workspace.bodies import actions as bodies
from raadslag.workspace.bodies.models import Organization
from raadslag.workspace.cases.actions import save as saved
from raadslag.workspace.cases.models import Case
from raadslag.workspace.closing import actions as closing
from raadslag.workspace.closing import evaluating
from raadslag.workspace.closing.sealing import Answer
from raadslag.workspace.common import journal
from raadslag.workspace.deliberation import actions as facts
from raadslag.workspace.deliberation import answering
from raadslag.workspace.deliberation.sessions import actions as sessions
from raadslag.workspace.deliberation.sessions import board
from raadslag.workspace.followup import actions as followup
from raadslag.workspace.followup.models import Commitment
from raadslag.workspace.meetings import actions as meetings
from raadslag.workspace.meetings.models import Meeting
from raadslag.workspace.minutes import composing
from raadslag.workspace.minutes.actions import set_outcome
from raadslag.workspace.products import actions as products
from raadslag.workspace.products.models import Element, Product, Proposal, Version
from raadslag.workspace.publishing import actions as publishing
from raadslag.workspace.publishing import delivering
from raadslag.workspace.publishing.commitments import actions as of_commitments
from raadslag.workspace.publishing.organizations import actions as of_organizations
from raadslag.workspace.publishing.versions import actions as of_versions

TAKES = timedelta(days=168)
"""From the fifth meeting to the first reports, and some days more."""

_SIXTH, _COUNCIL, _REPORTS = timedelta(days=36), timedelta(days=34), timedelta(days=92)


class Later(Played):
    """The work from the end of the evening on."""

    def __init__(self, committee: Organization, at: datetime) -> None:
        super().__init__(at)
        self.committee = committee
        self.product = Product.objects.get(organization=committee)
        self.fifth, self.sixth = (
            Meeting.objects.get(title=title, organization=committee) for title in ("5. møde", "6. møde")
        )

    def put_on(self, meeting: Meeting, *ready: Case) -> None:
        """The agenda is public at once, as the background work lets it be."""
        super().put_on(meeting, *ready)
        journal.catch_up()

    def let_out(self, meeting: Meeting) -> None:
        """The minutes are public; of a closed item what its public face says."""
        for item in composing.items_of(meeting):
            if item.is_closed:
                words = "Udvalget valgte en udlejer. Prisen er fortrolig, til aftalen er underskrevet."
                self.do(publishing.write_face, item, decision=words, none_because="")
        prepared = publishing.prepare(meeting)
        if prepared is None:
            raise RuntimeError(f"{meeting.title} has not been read out")
        self.do(publishing.release_minutes, meeting, prepared.identity)


def play(committee: Organization, at: datetime) -> list[Commitment]:
    """Play on from `at`, 18.52 at the fifth meeting; what the council promised."""
    story = Later(committee, at)
    journal.catch_up()
    end_fifth(story)
    answer(story)
    version = hold_sixth(story)
    promised = decide(story, version)
    report(story, promised)
    let_all_out(story, version, promised)
    close(story)
    delivering.deliver_due(story.at)
    return promised


def end_fifth(story: Later) -> None:
    """The cards that wait come into the minutes; outcomes, reading-out, signatures. What has been held is let out."""
    session = story.fifth.deliberation
    waiting = [card for card in board.on_board(session) if not board.stands(card)]
    story.do(board.insert, session, waiting, session.item, who=FACILITATOR)
    story.do(sessions.close, session, who=FACILITATOR)
    story.end(story.fifth, {1: "noted", 2: "approved", 3: "discussed"})
    story.at += timedelta(hours=14)
    for meeting in story.committee.meetings.exclude(adjourned_at=None).order_by("start"):
        story.let_out(meeting)


def answer(story: Later) -> Version:
    """The five thoughts that waited, the proposal from home and the gap, which is closed with a source; v0.4."""
    first, *others = answering.unanswered(story.product)
    change = _write(story, first.element, "Ingen har tal for, hvordan utryghed og ensomhed hænger sammen. Det skal "
                    "undersøges.", first.name)  # fmt: skip
    given: list[dict[str, Any]] = [
        {"outcome": "included", "change": change},
        {
            "outcome": "partly",
            "change": change,
            "text": "Huslejen afgøres et andet sted. Vi skriver, at den kan stige.",
        },
        {"outcome": "merged", "merged_into": others[0]},
        {"outcome": "not", "text": "Svaret er givet på mødet og står i referatet."},
        {"outcome": "included", "change": change},
    ]
    for one, told in zip((first, *others), given, strict=True):
        story.do(answering.answer, story.product, [one], who=WRITER, after=7, **told)
    for proposal in Proposal.objects.filter(element__product=story.product, state="open"):
        story.do(products.refuse, proposal, "Lys på stierne står der allerede, efter K-10.", who=WRITER, after=3)
    gap = story.product.evidence_gaps.get()
    known = "Otte ud af hundrede er både ofte alene og utrygge om aftenen."
    story.do(facts.close_gap, gap, answer=known, source="Borgerpanel i marts 2018", after=24 * 60)
    frozen: Version = story.do(products.freeze, story.product, "v0.4", "Til sjette møde", after=30)
    return frozen


def _write(story: Later, element: Element | None, sentence: str, because: str) -> Any:
    """A sentence more in a part, because of a thought; the change."""
    part = Element.objects.get(pk=element.pk if element else None)
    text = f"{part.text}\n\n{sentence}".strip()
    cause = products.Cause("contribution", "", because)
    told = {"title": part.title, "text": text, "version": part.version, "cause": cause}
    story.do(products.write, part, who=WRITER, after=10, **told)
    return part.changes.order_by("number").last()


def hold_sixth(story: Later) -> Version:
    """The sixth meeting: a last change, approval of exactly those bytes, the evaluation, and how it all ended."""
    meeting = story.sixth
    story.at = meeting.start - timedelta(days=14)
    cases = {case.title: case for case in Case.objects.filter(organization=story.committee)}
    ending = cases["Afslutning af udvalgets arbejde"]
    points = "udvalget svarer på seks spørgsmål om arbejdet\nudvalget slutter, når referatet er publiceret"
    content = {**ending.content(), "points": points}
    ending = story.do(saved, ending, content, version=ending.version, who=WRITER)
    story.put_on(meeting, cases["Godkendelse af produktet"], ending)
    approval, goodbye = story.open(meeting, ("Helle Bakkegård",))
    story.write(approval, "text", "Sagsbehandleren fortalte, hvad der blev af de 24 kommentarer.", after=10)
    part = Element.objects.get(product=story.product, title="Byg videre på det, der virker")
    text = "Det gælder også det, som unge under 25 år selv har sat i gang."
    told = {"title": part.title, "text": text, "version": part.version}
    story.do(products.write, part, cause=products.Cause("decision", "", meeting.title), who=WRITER, after=15, **told)
    version: Version = story.do(products.freeze, story.product, "v1.0", "Som udvalget godkendte det", after=5)
    story.do(set_outcome, approval, "approved", after=1)
    story.do(products.approve, version, approval, after=1)
    story.write(goodbye, "text", "Medlemmerne svarede på seks spørgsmål om arbejdet, uden navne.", after=10)
    _evaluate(story)
    story.end(meeting, {1: "approved", 2: "noted"})
    story.let_out(Meeting.objects.get(pk=meeting.pk))
    return version


def _evaluate(story: Later) -> None:
    evaluation = story.do(evaluating.prepare, story.committee, evaluating.our_questions())
    code = story.do(evaluating.open_, evaluation)
    for name, choices, words in _EVALUATED:
        told = (words, *("" for _ in choices[1:]))
        evaluating.answer(evaluation, Answer(choices, told), by=story.users[name])
    story.do(evaluating.close, evaluation, code, after=10)


def decide(story: Later, version: Version) -> list[Commitment]:
    """The product is handed over; the council approves it, and promises six things."""
    handed = story.do(
        followup.hand_over, version, title="Trygge boligområder: produkt fra opgaveudvalget", is_open=True,
        summary="Udvalget har arbejdet i et år og afleverer fire fokusområder, ti principper og en række tiltag.",
        points="produktet godkendes som grundlag for kommunens indsats\n"
        "der gives en offentlig status efter tre måneder og derefter hvert halve år",
        recommended_by=story.committee.name, after=2 * 24 * 60,
    )  # fmt: skip
    council = handed.case.organization
    clerk = story.users["Prøve Sekretær"].person
    story.do(bodies.appoint, council, clerk, role="secretary", start=timezone.localdate(story.at))
    start = story.sixth.start + _COUNCIL + timedelta(hours=1)
    meeting: Meeting = story.do(
        meetings.plan, council, title="Kommunalbestyrelsens møde", start=start, end=start + timedelta(hours=3),
        place="Rådssalen",
    )  # fmt: skip
    story.do(meetings.call, meeting)
    story.at = start - timedelta(days=10)
    story.put_on(meeting, Case.objects.get(pk=handed.case.pk))
    (item,) = story.open(meeting)
    story.write(item, "text", "Udvalgets formand fortalte om arbejdet og takkede beboerne for deres tid.", after=10)
    story.end(meeting, {1: "approved"})
    story.at += timedelta(hours=15)
    story.let_out(Meeting.objects.get(pk=meeting.pk))
    (item,) = composing.items_of(meeting)
    parts = {part.title: part for part in Element.objects.filter(product=story.product)}
    return [
        story.do(
            followup.commit, item, text=one.text, unit=one.unit, origin=version, element=parts[one.part],
            due=timezone.localdate(start) + timedelta(days=one.days), responsible=story.users[WRITER], after=4,
        )
        for one in _PROMISES
    ]  # fmt: skip


def report(story: Later, promised: list[Commitment]) -> None:
    """What is told after three months; of one nobody has told anything."""
    story.at += _REPORTS
    for one, promise in zip(promised, _PROMISES, strict=True):
        if promise.told:
            due = one.due + timedelta(days=promise.later)
            told = {"text": promise.told, "state": promise.state, "because": promise.because, "due": due}
            story.do(followup.report, one, seen=0, who=WRITER, after=5, **told)


def let_all_out(story: Later, version: Version, promised: list[Commitment]) -> None:
    """What is not minutes: the committee and its mandate, both versions, and how far each promise is, which only an
    archive that has shown the decision lets be public."""
    committee = Organization.objects.get(pk=story.committee.pk)
    prepared = of_organizations.prepare(committee, story.at)
    story.do(of_organizations.release, committee, prepared.identity)
    for one in version.product.versions.filter(label__in=("v0.4", "v1.0")).order_by("number"):
        story.do(of_versions.release, one, of_versions.prepare(one).identity)
    delivering.deliver_due(story.at)
    for promise in promised:
        fresh = Commitment.objects.told().get(pk=promise.pk)
        ready = of_commitments.prepare(fresh)
        if not ready.obstacles:
            story.do(of_commitments.release, fresh, ready.identity)


def close(story: Later) -> None:
    """The groups end, and so does the committee."""
    for group in story.committee.groups.all():
        story.do(closing.end_group, story.committee, group)
    story.do(closing.close, story.committee, after=5)


class _Promise(NamedTuple):
    """A promise of the council: due so many days after it, and what is told of it after three months, if anything."""

    text: str
    unit: str
    part: str
    days: int
    told: str = ""
    state: str = "under_way"
    later: int = 0
    because: str = ""


_PROMISES = (
    _Promise("Social og Sundhed får undersøgt, hvordan utryghed og ensomhed hænger sammen.", "Social og Sundhed",
             "Ensomhed og fællesskab", 256, "En undersøgelse er sat i gang. Beboere i alle områder bliver spurgt."),
    _Promise("Social og Sundhed hjælper boligforeningerne med at finde en vært i hver opgang.", "Social og Sundhed",
             "Velkomst i opgangen", 105, "41 af 96 opgange har fundet en vært.", later=120,
             because="Boligforeningerne vil spørge på deres årsmøder i foråret."),
    _Promise("Teknik og Miljø sætter lys på stierne i Ugleparken og Møllevang.", "Teknik og Miljø",
             "Gør stierne lyse", 136, "De første 12 lamper er sat op i Ugleparken."),
    _Promise("Kultur og Fritid holder fælleshusene åbne to aftener om ugen.", "Kultur og Fritid",
             "Åbent fælleshus", 75, "Begge huse har åbent tirsdag og torsdag.", "done"),
    _Promise("Job og Uddannelse laver en plan for flere fritidsjob til unge.", "Job og Uddannelse",
             "Blandede beboergrupper", 197),
    _Promise("Direktionen udpeger én indgang til kommunen for hvert boligområde.", "Direktionen",
             "Én indgang til kommunen", 58, "Hvert område har fået et navn og et telefonnummer.", "done"),
)  # fmt: skip

_EVALUATED: tuple[tuple[str, tuple[int | None, ...], str], ...] = (
    ("Prøve Medlem Et", (4, 4, 5, 5, 5, 4), "Kommissoriet kunne have været kortere."),
    ("Prøve Medlem To", (3, 4, 5, 4, 4, 4), ""),
    ("Prøve Medlem Tre", (4, 3, 5, 5, 4, None), "Standene var det bedste."),
    ("Asta Holmen", (5, 4, 4, 4, 5, 5), ""),
    ("Freja Lundager", (4, 5, 5, 5, 5, 4), ""),
    ("Gorm Skovrup", (3, 2, 4, 4, 3, 3), "Bilagene kom sent til andet møde."),
    ("Ejnar Tofte", (4, 4, 5, 4, 5, 4), ""),
)
