"""Only the intake is brought anything: with a token, of bounded size, and never kept."""

from __future__ import annotations

import pytest


def test_the_intake_hears_all_of_a_request_and_its_answer_is_never_kept(site):
    for _ in range(2):
        told = site.ask("/intake/record", method="POST", body=b"{}", authorization="Bearer abc")
        assert told.status == 200
    assert site.bodies == [b"{}", b"{}"]
    assert (b"authorization", b"Bearer abc") in site.asked[0]["headers"]
    assert "last-modified" not in told.headers


def test_nothing_is_read_of_who_shows_no_token(site):
    told = site.ask("/intake/record", method="POST", body=b"{}")
    assert (told.status, told.headers["www-authenticate"], site.asked) == (401, "Bearer", [])


@pytest.mark.parametrize("is_said", [True, False])
def test_a_body_is_bounded_whether_its_length_is_said_or_not(make_site, is_said):
    site = make_site(largest=10)
    said = {"content_length": "11"} if is_said else {}
    told = site.ask("/intake", method="PUT", body=b"x" * 11, authorization="Bearer abc", **said)
    assert (told.status, told.headers["connection"], site.asked) == (413, "close", [])
    assert site.ask("/intake", method="PUT", body=b"x" * 10, authorization="Bearer abc").status == 200


def test_there_are_few_ways_to_bring(site):
    assert site.ask("/intake", method="DELETE", authorization="Bearer abc").status == 405
    assert site.ask("/intakes/", method="POST", authorization="Bearer abc").headers["allow"] == "GET, HEAD"


def test_the_intake_has_a_budget_of_its_own(site):
    statuses = {site.ask("/intake", method="POST", authorization="Bearer abc").status for _ in range(501)}
    assert statuses == {200, 429}
    assert site.ask("/proeve/").status == 200
