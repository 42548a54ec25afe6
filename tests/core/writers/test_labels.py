"""The words of our documents: every language has them all."""

from __future__ import annotations

from typing import get_args

import pytest

from raadslag.core import record
from raadslag.core.writers.labels import labels


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_value_that_a_record_may_have_has_a_word(language):
    say = labels(language)
    assert say.language == language
    assert set(say.access) == set(get_args(record.Access))
    assert set(say.section) == set(get_args(record.SectionKind))
    assert set(say.outcome) == set(get_args(record.Outcome))
    assert set(say.note) == set(get_args(record.NoteKind))
    assert set(say.title) == set(say.title_alone) == {*get_args(record.Kind), "unknown"}


@pytest.mark.parametrize("language", ["da", "en"])
def test_papers_to_write_on_know_twelve_months_and_three_steps(language):
    form = labels(language).form
    assert (len(set(form.months)), len(form.instructions), len(set(form.actors))) == (12, 3, 2)
