"""What a prepared query answers is what Django answers."""

from __future__ import annotations

import pytest
from django.db.models import F

from raadslag.archive.models import Item, Organization, Version
from raadslag.archive.prepared import Prepared
from raadslag.core.record import Item as RecordItem

pytestmark = pytest.mark.django_db


def items(pks):
    return Item.objects.current().with_meeting().annotate(of=F("meeting__title")).filter(pk__in=pks)


@pytest.fixture
def rows(add, make_meeting):
    """The keys of six items in two committees."""
    for organization in ("Rådet", "Udvalget"):
        points = tuple(RecordItem(order=n, title=f"Punkt {n}", access="open") for n in range(1, 4))
        add(make_meeting(organization=organization, items=points, title="Møde"))
    return sorted(Item.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("number", [0, 1, 3, 4, 5, 6])
def test_models_come_with_what_the_query_selects(rows, number, django_assert_num_queries):
    prepared = Prepared(items, 4, stand_in=-1)
    asked = rows[:number]
    for _ in range(2):
        with django_assert_num_queries(1 if number else 0):
            found = prepared.by_pk(asked)
            told = {pk: (one.title, one.meeting.organization.name, one.meeting.body.name) for pk, one in found.items()}
    django = items(asked).in_bulk()
    assert found == django
    assert told == {pk: (one.title, one.meeting.organization.name, one.meeting.body.name) for pk, one in django.items()}
    for pk, one in found.items():
        assert (one.of, one.meeting.start_on, one.version_id) == (
            django[pk].of,
            django[pk].meeting.start_on,
            django[pk].version_id,
        )
        assert one._state.adding is False


def test_what_is_no_longer_shown_is_not_found(rows):
    prepared = Prepared(items, 4, stand_in=-1)
    assert len(prepared.models(rows[:4])) == 4
    Version.objects.filter(meeting__organization__slug="raadet").update(is_current=False)
    assert len(prepared.models(rows[:4])) == 1


def test_values_come_as_tuples(rows):
    prepared = Prepared(
        lambda slugs: Organization.objects.filter(slug__in=slugs).values_list("slug", "name"), 3, stand_in="?"
    )
    assert prepared.tuples(["raadet", "andet"]) == [("raadet", "Rådet")]
    assert prepared.tuples([]) == []
    assert len(prepared.tuples(["raadet", "udvalget", "a", "b"])) == 2
