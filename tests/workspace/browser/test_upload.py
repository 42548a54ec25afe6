"""A file over a bad line."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from .conftest import People

SIZE = 1_700_000  # bytes: four pieces


def test_a_cut_line_costs_one_piece(person: People) -> None:
    page = person("Prøve Sagsbehandler")
    page.goto("/sager/")
    page.get_by_role("link", name="Ny sag").click()
    page.get_by_label("Overskrift").fill("En sag med et stort bilag")
    page.get_by_role("button", name="Begynd").click()
    page.get_by_role("link", name="Tilbage").click()
    sent: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
            if len(sent) in (2, 4):
                route.abort("connectionreset")
                return
        route.continue_()

    page.route("**/bilag/del/**", cut)
    data = ("Et langt bilag. " * (SIZE // 16)).encode()
    page.get_by_label("Vedhæft filer").set_input_files({"name": "stort.txt", "mimeType": "text/plain", "buffer": data})
    page.get_by_role("button", name="Vedhæft", exact=True).click()
    expect(page.get_by_role("link", name="stort")).to_be_visible(timeout=30_000)
    offsets = [url.partition("offset=")[2].partition("&")[0] for url in sent]
    assert len(sent) == 6, offsets
    assert len(set(offsets)) == 4, offsets  # the pieces that were cut were sent again, and no others
