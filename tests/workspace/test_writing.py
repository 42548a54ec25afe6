"""Many who write in one part at once, served by two processes: nobody's words are lost, and none come twice."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from raadslag.workspace.products.writing import admission, messages

from . import loops
from .shared import TEXT, House, Page, house

pytestmark = pytest.mark.slow
TWENTY, WORDS, FALLS = 20, 5, 2


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("shared"), TWENTY + 4) as one:
        yield one


async def together(pages: list[Page]) -> None:
    """All have been told that what they wrote is kept, and all show the same."""
    for one in pages:
        await one.until(lambda one=one: one.kept == one.sent)
    await pages[0].until(lambda: len({one.text() for one in pages}) == 1)


async def aside(shared: House, *what: str) -> Any:
    return await asyncio.to_thread(shared.run, *what)


def test_twenty_who_open_a_new_room_at_once_are_all_in_sync(shared: House) -> None:
    async def course() -> list[Page]:
        pages = [shared.page(number) for number in range(TWENTY)]
        await asyncio.gather(*(one.open() for one in pages))
        assert [one.text() for one in pages] == [TEXT] * TWENTY
        await asyncio.gather(*(one.write(f"Skrevet af {number}.") for number, one in enumerate(pages)))
        await pages[0].until(lambda: all(one.text().count("Skrevet af") == TWENTY for one in pages))
        await together(pages)
        assert sum(one.early for one in pages) == 0
        await asyncio.gather(*(one.close() for one in pages))
        return pages

    (text,) = {one.text() for one in loops.run(course())}
    assert text.startswith(TEXT)
    told = shared.told()  # the last who left: the part itself says it
    assert (told["shared"], told["text"]) == (1, text)
    last = told["savings"][0]
    assert (last["kind"], last["group"]) == ("together", "Skrivegruppen")
    assert last["authors"] == sorted(f"Prøve skriver{number}" for number in range(TWENTY))


def test_what_is_no_message_ends_one_line_and_no_room(shared: House) -> None:
    async def course() -> None:
        other = await shared.page(0).open()
        for bad in (
            b"", b"\x09", b"\x00\x02\xff", b"\x00\x02\x03\x01\x02\x03", messages.sync(messages.STATE, b"\xff" * 9),
            messages.sync(messages.UPDATE, b"\xff" * 50), b"\x01\x03\x01\x05\x01",
            messages.awareness([messages.Present(1, 1, "[")]),
        ):  # fmt: skip
            one = await shared.page(1, port=other.port).open()
            await one.say(bad)
            await one.until(lambda one=one: one.code)
            assert one.code == admission.UNREADABLE, bad
        for large, code in ((2**20 + 1, 1009), (2**20 - 99, admission.UNREADABLE)):
            one = await shared.page(1, port=other.port).open()
            await one.say(messages.sync(messages.UPDATE, b"\xff" * large))
            await one.until(lambda one=one: one.code)
            assert one.code == code
        fast = await shared.page(1, port=other.port).open()
        for _ in range(1000):
            await fast.say(messages.sync(messages.STATE, fast.doc.get_state()))
        await fast.until(lambda: fast.code)
        assert fast.code == admission.TOO_MUCH

        late = await shared.page(2).open()  # at this process and at the other it goes on
        far = await shared.page(3).open()
        await other.write("Efter det onde.")
        await together([other, late, far])
        assert other.text().endswith("Efter det onde.")
        for one in (other, late, far):
            await one.close()

    loops.run(course())


def test_who_may_not_write_gets_no_line_and_whose_right_ends_is_cut_off(shared: House) -> None:
    async def course() -> None:
        with pytest.raises(InvalidStatus):
            await shared.page(0, origin="https://ond.example").open()
        for session, code in (("", admission.LOGIN), (shared.laid["reader"], admission.NOT_HERE)):
            assert (await shared.page(0, session=session).open()).code == code
        wrong = shared.page(0)
        wrong.path = wrong.path.replace("/sammen/", "/flyt/")
        assert (await wrong.open()).code == admission.NOT_HERE

        stays, leaves, forgets = [await shared.page(number).open() for number in (20, 21, 22)]
        liar = messages.Present(leaves.doc.client_id, 1, '{"user": {"name": "Prøve secretary"}, "cursor": null}')
        await leaves.say(messages.awareness([liar, messages.Present(77, 1, '{"user": {"name": "En til"}}')]))
        await stays.until(lambda: leaves.doc.client_id in stays.present)
        assert stays.present == {leaves.doc.client_id: {"user": {"name": "Prøve skriver21"}, "cursor": None}}

        await aside(shared, "end", "Prøve skriver21")
        await leaves.write("Uden ret.")
        await leaves.until(lambda: leaves.code)
        assert leaves.code == admission.NOT_HERE
        await stays.until(lambda: stays.present[leaves.doc.client_id] is None)
        await aside(shared, "log-out", shared.laid["sessions"][22])
        await forgets.until(lambda: forgets.code)
        assert forgets.code == admission.LOGIN
        await stays.write("Med ret.")
        await together([stays])
        assert "Med ret." in stays.text()
        assert "Uden ret." not in stays.text()
        assert (await shared.page(21).open()).code == admission.NOT_HERE
        await stays.close()

    loops.run(course())
    assert "Uden ret." not in shared.told()["text"]


def test_the_plain_field_meets_it_and_a_version_takes_it_in(shared: House) -> None:
    async def course() -> None:
        one, two = [await shared.page(number).open() for number in (0, 1)]
        await one.write("Set i versionen.")
        await together([one, two])
        assert "Set i versionen." in await aside(shared, "freeze", "v0.1")
        await aside(shared, "save", "Fra det almindelige felt.\n\n- Beboerne")
        await one.until(lambda: one.text() == two.text() == "Fra det almindelige felt.\n\n- Beboerne")
        await two.write("Og videre.")
        await together([one, two])
        await aside(shared, "save", "| a | b |\n|---|---|\n| 1 | 2 |")  # which the editor does not know
        for page in (one, two):
            await page.until(lambda page=page: page.code)
            assert page.code == admission.PLAIN
        assert (await shared.page(2).open()).code == admission.PLAIN
        await aside(shared, "save", TEXT)
        three = await shared.page(2).open()
        assert three.text() == TEXT
        await three.close()

    loops.run(course())
    texts = [one["text"] for one in shared.told()["savings"]]
    assert texts[:4] == [TEXT, "| a | b |\n|---|---|\n| 1 | 2 |", f"{texts[3]}\n\nOg videre.", texts[3]]


def test_a_process_that_falls_takes_nothing_along_that_it_confirmed(shared: House) -> None:
    async def course() -> tuple[list[Page], list[str]]:
        pages = [shared.page(number) for number in range(6)]
        await asyncio.gather(*(one.open() for one in pages))
        confirmed: list[str] = []
        for fall in range(FALLS):
            before = [one.sent for one in pages]
            for number, one in enumerate(pages):
                for word in range(WORDS):
                    await one.write(f"Ord {fall}-{number}-{word}.")
            some = list(zip(pages, before, strict=True))
            await pages[0].until(lambda some=some: any(one.kept > count for one, count in some))
            shared.servers[fall % 2].send_signal(signal.SIGKILL)
            await pages[fall % 2].until(lambda fall=fall: pages[fall % 2].code)
            confirmed += [
                f"Ord {fall}-{number}-{word}."
                for number, one in enumerate(pages)
                for word in range(one.kept - before[number])
            ]
            await asyncio.to_thread(shared.servers[fall % 2].wait)
            await asyncio.to_thread(shared.start, fall % 2)
            other = await shared.page(6).open()  # somebody who had nothing of it before
            assert all(word in other.text() for word in confirmed)
            await other.close()
            await asyncio.gather(*(one.open() for one in pages if one.code))
            await together(pages)
            for one in pages:
                await one.close()
            await asyncio.gather(*(one.open() for one in pages))
        await asyncio.gather(*(one.close() for one in pages))
        return pages, confirmed

    pages, confirmed = loops.run(course())
    assert confirmed
    (text,) = {one.text() for one in pages}
    for fall in range(FALLS):
        for number in range(6):
            for word in range(WORDS):
                assert text.count(f"Ord {fall}-{number}-{word}.") == 1
    assert shared.told()["text"] == text


def test_once_the_product_is_approved_nothing_more_is_written(shared: House) -> None:
    async def course() -> None:
        one = await shared.page(0).open()
        await aside(shared, "approve")
        await one.until(lambda: one.code)
        assert one.code == admission.CLOSED
        assert (await shared.page(1).open()).code == admission.CLOSED

    loops.run(course())
