"""The access table says what the law says: golden cases written from the law and product.md, not from the table."""

from __future__ import annotations

import pytest

from raadslag.workspace.common.access import outcome, table

OPEN, CLOSED = "open_sent", "closed_sent"
SEATED = ["chair", "vice_chair", "member"]


@pytest.mark.parametrize(
    ("role", "state", "expected"),
    [
        # Members get agenda and papers (Local Government Act, 8(4), 20); closed ones at level Betydelig (I40).
        *((role, OPEN, "granted") for role in [*SEATED, "called", "secretary", "mayor", "reader"]),
        *((role, CLOSED, "assured") for role in [*SEATED, "called", "secretary", "mayor", "reader"]),
        # A councillor outside the committee sees open items, and closed ones only once he has asked (9).
        ("councillor", OPEN, "granted"),
        ("councillor", CLOSED, "not_found"),
        # A substitute sees nothing before being called in (28).
        ("substitute", OPEN, "not_found"),
        ("substitute", CLOSED, "not_found"),
        # Facilitators, hosts and observers are guests: the open part alone.
        *((role, OPEN, "granted") for role in ["facilitator", "host", "observer"]),
        *((role, CLOSED, "not_found") for role in ["facilitator", "host", "observer"]),
        # An administrator keeps the system, and reads no papers by that.
        ("administrator", OPEN, "not_found"),
        ("administrator", CLOSED, "not_found"),
        ("user", OPEN, "not_found"),
        ("anyone", OPEN, "not_found"),
    ],
)
@pytest.mark.parametrize("route", ["reading:item", "reading:file", "reading:open-file"])
def test_who_reads_what(route: str, role: str, state: str, expected: str) -> None:
    assert outcome(route, {role, "user"} - {"anyone"} if role != "anyone" else {"anyone"}, state) == expected


@pytest.mark.parametrize("route", ["health", "metrics"])
def test_whether_the_workspace_is_well_is_nobodys_work(route: str) -> None:
    """I15: there is nothing of anybody in it; the figures are there for programs on this machine or with a token."""
    assert outcome(route, {"anyone"}, "any") == "granted"


@pytest.mark.parametrize("role", [*SEATED, "mayor", "secretary", "called"])
def test_who_is_disqualified_reads_nothing_closed_whatever_else_he_is(role: str) -> None:
    """Local Government Act, section 14; Public Administration Act, section 3."""
    assert outcome("reading:item", {role, "user", "disqualified"}, CLOSED) == "not_found"
    assert outcome("reading:open-file", {role, "user", "disqualified"}, CLOSED) == "not_found"
    assert outcome("reading:ask", {role, "user", "disqualified"}, OPEN) == "not_found"


@pytest.mark.parametrize("state", ["open_planned", "closed_planned"])
@pytest.mark.parametrize("role", table().roles)
def test_nobody_reads_an_item_as_a_member_before_it_is_sent(role: str, state: str) -> None:
    assert outcome("reading:item", {role}, state) == "not_found"


@pytest.mark.parametrize("role", [role for role in table().roles if role != "secretary"])
def test_only_the_secretary_sends_the_agenda(role: str) -> None:
    """The agenda goes out on the chair's behalf (8(4), 20); nobody else has the button."""
    assert outcome("meetings:send", {role}, "called") == "not_found"


@pytest.mark.parametrize("role", [role for role in table().roles if role not in ("secretary", "case_worker")])
@pytest.mark.parametrize("state", ["open", "closed"])
def test_a_case_in_preparation_is_the_administrations(role: str, state: str) -> None:
    for route in ("cases:case", "cases:edit", "cases:attachment"):
        assert outcome(route, {role}, state) == "not_found"


def test_a_closed_case_needs_a_strong_login_of_its_staff() -> None:
    assert outcome("cases:case", {"case_worker"}, "closed") == "assured"
    assert outcome("cases:case", {"case_worker"}, "open") == "granted"


@pytest.mark.parametrize(
    "route", ["people:people", "people:person", "people:person-set", "bodies:found", "bodies:terms"]
)
def test_only_administrators_keep_people_and_committees(route: str) -> None:
    assert [role for role in table().roles if outcome(route, {role}, "any") != "not_found"] == ["administrator"]


def test_who_can_let_others_in_needs_two_factors() -> None:
    """GDPR 32: whoever enters a member makes a login; whoever sets a rule changes who sees what."""
    assert outcome("people:person-set", {"administrator", "user"}, "any") == "secured"
    for route in ("bodies:appoint", "bodies:end-membership", "bodies:policy"):
        assert outcome(route, {"administrator", "user"}, "any") == "secured"
        assert outcome(route, {"secretary", "user"}, "any") == "secured"


def test_each_rule_names_the_law_that_it_follows() -> None:
    assert all(rule.law.strip() for rule in table().rules)


def test_each_route_in_a_rule_is_about_one_kind_of_thing() -> None:
    for rule in table().rules:
        kinds = {table().subjects[route] for route in rule.routes}
        assert all(rule.states <= set(table().states[kind]) for kind in kinds), rule


@pytest.mark.parametrize("state", ["sent", "in_progress", "reading", "adjourned"])
@pytest.mark.parametrize("role", table().roles)
def test_minutes_that_are_being_written_are_for_those_who_lead_the_meeting(role: str, state: str) -> None:
    """A draft is nobody else's before it has been read out (Local Government Act, 13)."""
    leads = role in ("secretary", "chair", "vice_chair") and state in ("in_progress", "reading")
    assert outcome("minutes:draft", {role, "user"}, state) == ("granted" if leads else "not_found")


@pytest.mark.parametrize("state", ["sent", "in_progress", "reading", "adjourned"])
@pytest.mark.parametrize("role", table().roles)
def test_the_secretary_alone_enters_what_the_body_decides_of_its_agenda(role: str, state: str) -> None:
    """Local Government Act, 8, 10 and 28; a closed item asks for a strong login."""
    leads = role == "secretary" and state in ("in_progress", "reading")
    for route in ("minutes:agenda", "minutes:adopt", "minutes:agenda-add", "minutes:substitute"):
        assert outcome(route, {role, "user"}, state) == ("granted" if leads else "not_found")
    for access, met in (("open_sent", "granted"), ("closed_sent", "assured")):
        for route in ("minutes:item-agenda", "minutes:next-meeting"):
            assert outcome(route, {role, "user"}, access) == (met if role == "secretary" else "not_found")


@pytest.mark.parametrize("role", table().roles)
def test_only_who_takes_part_answers_an_evaluation_and_only_who_leads_opens_its_box(role: str) -> None:
    """I19: those who did the work say what it was like; the secretary and the facilitator keep the code, not a word."""
    takes_part = role in ("chair", "vice_chair", "member", "called")
    leads = role in ("secretary", "facilitator")
    for state in ("none", "draft", "open", "closed"):
        answers = outcome("closing:evaluation-answer", {role, "user"}, state)
        assert answers == ("granted" if takes_part and state == "open" else "not_found")
        assert outcome("closing:evaluation-close", {role, "user"}, state) == (
            "granted" if leads and state == "open" else "not_found"
        )
        assert outcome("closing:evaluation-chart", {role, "user"}, state) in ("granted", "not_found")
        assert state == "closed" or outcome("closing:evaluation-chart", {role, "user"}, state) == "not_found"


@pytest.mark.parametrize("role", table().roles)
def test_a_committee_is_closed_by_its_secretary_and_opened_by_an_administrator_too(role: str) -> None:
    """LGA 17 and 20; whoever comes to a closed committee is told so, and nobody learns of it who could not come."""
    assert outcome("closing:close", {role, "user"}, "any") == ("granted" if role == "secretary" else "not_found")
    may_reopen = {"secretary": "granted", "administrator": "secured"}.get(role, "not_found")
    assert outcome("closing:reopen", {role, "user", "after_closing"}, "any") == may_reopen
    assert outcome("closing:export", {role, "user"}, "any") == ("granted" if role == "secretary" else "not_found")
    before = outcome("deliberation:comment", {role, "user"}, "draft")
    after = outcome("deliberation:comment", {role, "user", "after_closing"}, "draft")
    assert (before, after) in (("granted", "closed"), ("not_found", "not_found"))


@pytest.mark.parametrize("role", table().roles)
def test_only_who_decides_has_a_dissent_entered(role: str) -> None:
    """Local Government Act, 13(2): the members; who is disqualified has none (I27)."""
    may = role in ("chair", "vice_chair", "member", "called")
    assert outcome("minutes:dissent", {role, "user"}, "open_sent") == ("granted" if may else "not_found")
    assert outcome("minutes:dissent", {role, "user", "disqualified"}, "open_sent") == "not_found"


@pytest.mark.parametrize("state", table().states["meeting"])
@pytest.mark.parametrize("role", table().roles)
def test_papers_to_write_on_are_for_those_who_lead_the_meeting(role: str, state: str) -> None:
    """Once the agenda has been sent; the sheet as long as signatures are collected (Local Government Act, 13, 22)."""
    leads = role in ("secretary", "chair", "vice_chair")
    for route, states in (
        ("minutes:kit", ("sent", "in_progress", "reading")),
        ("minutes:sheet", ("sent", "in_progress", "reading", "adjourned")),
    ):
        expected = "granted" if leads and state in states else "not_found"
        assert outcome(route, {role, "user"}, state) == expected, route


@pytest.mark.parametrize("state", table().states["meeting"])
@pytest.mark.parametrize("role", table().roles)
def test_the_secretary_lets_out_what_may_be_public_and_takes_it_back(role: str, state: str) -> None:
    """Minutes once they have been adjourned; an agenda once it is sent; back always (I3, I12, I13)."""
    is_out = state in ("sent", "in_progress", "reading", "adjourned")
    leads = role == "secretary"
    looks = (leads and state == "cancelled") or (is_out and role in ("secretary", "chair", "vice_chair"))
    expected = {
        "publishing:release": leads and state == "adjourned",
        "publishing:release-agenda": leads and is_out,
        "publishing:redact": leads and is_out,
        "publishing:withdraw": leads and (is_out or state == "cancelled"),
        "publishing:withdraw-all": leads and (is_out or state == "cancelled"),
        "publishing:served": leads and (is_out or state == "cancelled"),
        "publishing:page": looks,
        "publishing:shown": looks,
        "publishing:see": looks,
    }
    for route, may in expected.items():
        assert outcome(route, {role, "user"}, state) == ("granted" if may else "not_found"), route


@pytest.mark.parametrize("role", table().roles)
def test_the_public_face_is_written_by_who_may_read_the_item(role: str) -> None:
    """I6, I40."""
    assert outcome("publishing:face", {role, "user"}, "closed_sent") == (
        "assured" if role == "secretary" else "not_found"
    )
    assert outcome("publishing:face", {role, "user", "disqualified"}, "closed_sent") == "not_found"
    assert outcome("publishing:face", {role, "user"}, "open_sent") == "not_found"


@pytest.mark.parametrize("role", table().roles)
def test_who_leads_opens_an_item_later_and_the_secretary_holds_a_decision_back(role: str) -> None:
    """Local Government Act, section 10; Public Administration Act, sections 22 and 25; I40."""
    opens = "assured" if role in ("secretary", "chair") else "not_found"
    assert outcome("publishing:open-after", {role, "user"}, "closed_sent") == opens
    assert outcome("publishing:open-after", {role, "user"}, "open_sent") == "not_found"
    assert outcome("publishing:open-after", {role, "user", "disqualified"}, "closed_sent") == "not_found"
    for route in ("publishing:hold", "publishing:lift"):
        holds = "granted" if role == "secretary" else "not_found"
        assert outcome(route, {role, "user"}, "open_sent") == holds, route
        assert outcome(route, {role, "user"}, "closed_sent") == "not_found", route
        assert outcome(route, {role, "user", "disqualified"}, "open_sent") == "not_found", route


@pytest.mark.parametrize("state", table().states["imported"])
@pytest.mark.parametrize("role", table().roles)
def test_papers_of_other_systems_are_the_secretarys_and_closed_until_looked_through(role: str, state: str) -> None:
    """Local Government Act, section 13; I3, I33, I40: who keeps the minutes brings the earlier ones."""
    for route in ("import-paper", "import-source", "import-save", "import-approve", "import-aside"):
        expected = "assured" if role == "secretary" else "not_found"
        assert outcome(f"publishing:{route}", {role, "user"}, state) == expected, route
    for route in ("imports", "import", "import-bring", "import-piece"):
        expected = "granted" if role == "secretary" else "not_found"
        assert outcome(f"publishing:{route}", {role, "user"}, "any") == expected, route


@pytest.mark.parametrize("state", table().states["meeting"])
@pytest.mark.parametrize("role", table().roles)
def test_a_tablet_is_brought_round_by_those_who_lead_the_meeting(role: str, state: str) -> None:
    """Signatures are collected once the meeting is over (Local Government Act, 13(1))."""
    leads = role in ("secretary", "chair", "vice_chair") and state == "adjourned"
    for route in ("minutes:shared", "minutes:shared-sign"):
        assert outcome(route, {role, "user"}, state) == ("granted" if leads else "not_found")


@pytest.mark.parametrize("role", table().roles)
def test_the_secretary_corrects_the_minutes_and_needs_a_strong_login_for_what_is_closed(role: str) -> None:
    """The secretary writes the minutes (Local Government Act, 13), also those of closed items (I40)."""
    told = [outcome("minutes:correct", {role, "user"}, state) for state in (OPEN, CLOSED, "open_planned")]
    assert told == (["granted", "assured", "not_found"] if role == "secretary" else ["not_found"] * 3)
    assert outcome("minutes:correct", {role, "secretary", "disqualified"}, OPEN) == "not_found"


def test_everyone_chooses_his_own_signing_code() -> None:
    assert outcome("people:signing-code", {"user"}, "any") == "granted"
    assert outcome("people:signing-code", {"anyone"}, "any") == "not_found"


@pytest.mark.parametrize(
    ("route", "role", "expected"),
    [
        # A draft is for who takes part; whoever else comes to the system does not hear that there is one (R6).
        *(
            ("products:product", role, "granted")
            for role in [*SEATED, "secretary", "case_worker", "grouped", "observer"]
        ),
        *(("products:draft-paper", role, "granted") for role in [*SEATED, "grouped"]),
        *(("products:draft-paper", role, "not_found") for role in ["user", "administrator", "councillor"]),
        *(("products:product", role, "not_found") for role in ["user", "administrator", "councillor"]),
        # The administration keeps it; a group writes what it was given; members propose (R2).
        *(("products:freeze", role, "granted") for role in ["secretary", "case_worker"]),
        *(("products:freeze", role, "not_found") for role in [*SEATED, "grouped", "writer", "administrator"]),
        *((f"products:{one}", "writer", "granted") for one in ("element", "together")),
        *((f"products:{one}", role, "not_found") for one in ("element", "together") for role in [*SEATED, "grouped"]),
        *(("products:propose", role, "granted") for role in [*SEATED, "substitute", "grouped"]),
        ("products:propose", "observer", "not_found"),
        *(("products:decide", role, "not_found") for role in [*SEATED, "grouped", "observer"]),
        # Who takes part comments; who looks on reads. The administration keeps the facts.
        *(
            (f"deliberation:{name}", role, "granted")
            for name in ("comment", "comment-on-all")
            for role in [*SEATED, "substitute", "grouped", "host", "facilitator", "secretary", "case_worker"]
        ),
        ("deliberation:take-back", "author", "granted"),
        *(("deliberation:take-back", role, "not_found") for role in [*SEATED, "secretary", "case_worker", "grouped"]),
        *((f"deliberation:{name}", "observer", "not_found") for name in ("comment", "comment-on-all", "gap-new")),
        *((f"deliberation:{name}", "observer", "granted") for name in ("contributions", "knowledge", "note")),
        *((f"deliberation:{name}", "user", "not_found") for name in ("contributions", "knowledge", "note", "comment")),
        *(
            (f"deliberation:{name}", role, "granted" if role in ("secretary", "case_worker") else "not_found")
            for name in ("invite", "note-new", "note-edit", "note-use", "note-withdraw", "gap-close", "gap-reopen")
            for role in [*SEATED, "secretary", "case_worker", "facilitator", "grouped"]
        ),
    ],
)
def test_who_writes_and_reads_a_product(route: str, role: str, expected: str) -> None:
    assert outcome(route, {role, "user"}, "draft") == expected


@pytest.mark.parametrize("role", table().roles)
def test_nobody_writes_a_product_that_was_approved(role: str) -> None:
    routes = ("add", "bring", "freeze", "move", "remove", "assign", "element", "restore", "propose", "decide",
              "together")  # fmt: skip
    assert {outcome(f"products:{one}", {role}, "approved") for one in routes} == {"not_found"}
    beside = ("invite", "comment", "comment-on-all", "take-back", "note-new", "note-edit", "note-use", "note-withdraw",
              "gap-new", "gap-close", "gap-reopen", "gap-use")  # fmt: skip
    assert {outcome(f"deliberation:{one}", {role}, "approved") for one in beside} == {"not_found"}


@pytest.mark.parametrize("role", table().roles)
def test_a_committee_is_let_out_by_its_secretary_or_an_administrator(role: str) -> None:
    """The council sets up committees (Local Government Act, 17); a named person lets out what is public of them (I3).
    Of a number of a person a second one has to look (I13)."""
    given = {"secretary": "granted", "administrator": "secured"}.get(role, "not_found")
    for route in ("organization-release", "organization-withdraw"):
        assert outcome(f"publishing:{route}", {role, "user"}, "any") == given, route
    looks = "granted" if role in ("chair", "vice_chair") else given
    for route in ("organization", "organization-see"):
        assert outcome(f"publishing:{route}", {role, "user"}, "any") == looks, route


@pytest.mark.parametrize("role", table().roles)
def test_a_group_is_for_who_takes_part_and_its_note_for_nobody_else_while_it_is_written(role: str) -> None:
    """R6; an observer or a reader sees the note with the papers of the committee's meeting (reading:paper)."""
    works = role in ("secretary", "case_worker", "facilitator", "host", "chair", "vice_chair", "member")
    reads = works or role == "parent_secretary"
    assert outcome("desk:group", {role, "user"}, "any") == ("granted" if reads else "not_found")
    for route in ("desk:group-note", "desk:group-note-back"):
        assert outcome(route, {role, "user"}, "any") == ("granted" if works else "not_found")


@pytest.mark.parametrize("role", table().roles)
def test_who_leads_a_group_asks_and_only_the_invited_answers(role: str) -> None:
    """GDPR 32: asking somebody from outside the committee needs two factors, as appointing does."""
    leads, is_secretary = role in ("secretary", "chair", "parent_secretary"), role in ("secretary", "parent_secretary")
    for route in ("desk:group-invite", "desk:group-uninvite"):
        assert outcome(route, {role, "user"}, "any") == ("granted" if leads else "not_found")
    assert outcome("desk:group-invite-other", {role, "user"}, "any") == ("secured" if is_secretary else "not_found")
    assert outcome("desk:group-answer", {role, "user"}, "any") == ("granted" if role == "invited" else "not_found")
    if role == "parent_secretary":
        assert outcome("bodies:appoint", {role, "user"}, "any") == "secured"


@pytest.mark.parametrize("role", table().roles)
def test_the_secretary_alone_brings_a_note_into_the_minutes(role: str) -> None:
    """Local Government Act, 13."""
    for access, met in (("open_sent", "granted"), ("closed_sent", "assured")):
        expected = met if role == "secretary" else "not_found"
        assert outcome("minutes:insert-note", {role, "user"}, access) == expected
    assert outcome("minutes:insert-note", {"secretary", "disqualified"}, "open_sent") == "not_found"


@pytest.mark.parametrize("role", table().roles)
def test_who_applied_is_known_to_who_prepares_the_choice_alone(role: str) -> None:
    """GDPR 5 and 32: with two factors, and the chair only reads."""
    enters, reads = role in ("secretary", "administrator"), role in ("secretary", "administrator", "chair")
    for route in ("bodies:calls", "bodies:call", "bodies:nomination"):
        assert outcome(route, {role, "user"}, "any") == ("secured" if reads else "not_found")
    for route in ("call-new", "call-set", "apply", "application", "application-set", "decide", "forget"):
        assert outcome(f"bodies:{route}", {role, "user"}, "any") == ("secured" if enters else "not_found")
