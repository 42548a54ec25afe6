"""HTML bytes to lines: what a person sees of a page, block by block, and nothing of its machinery."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from selectolax.lexbor import LexborHTMLParser

from raadslag.core.errors import UnreadableFile
from raadslag.core.readers.html import extract
from raadslag.core.readers.lines import Line


def lines(markup: str | bytes) -> list[Line]:
    data = markup if isinstance(markup, bytes) else f"<!doctype html><meta charset=utf-8><body>{markup}".encode()
    return list(extract(data).lines)


def texts(markup: str | bytes) -> list[str]:
    return [line.text for line in lines(markup) if line.text]


def test_blocks_are_lines_with_a_blank_one_between_and_a_break_is_close():
    assert [line.text for line in lines("<p>Et\n  afsnit</p><p>To<br>linjer</p>")] == ["Et afsnit", "", "To", "linjer"]


def test_headings_tell_their_level():
    found = [(line.text, line.heading) for line in lines("<h1>Referat</h1><h3><b>Punkt</b> 1</h3>Tekst") if line.text]
    assert found == [("Referat", 1), ("Punkt 1", 3), ("Tekst", None)]


def test_links_show_their_text_and_inline_markup_is_not_seen():
    assert texts('<p>Se <a href="/vis/pdf/1">bilag <b>1</b></a>, s. 2<sup>a</sup></p>') == ["Se bilag 1, s. 2a"]


def test_lists_have_dashes_or_their_numbers():
    assert texts("<ul><li>A<li>B<ul><li>C</ul></ul>") == ["- A", "- B", "- C"]
    assert texts("<ol start=4><li>A<li value=9>B<li>C</ol>") == ["4. A", "9. B", "10. C"]
    assert texts("<ul class=list-unstyled><li>Bilag 1<li>Bilag 2</ul>") == ["Bilag 1", "Bilag 2"]


def test_a_list_item_of_several_lines_is_marked_once():
    assert texts("<ul><li>A<br>og mere<p>og mere endnu</ul>") == ["- A", "  og mere", "  og mere endnu"]


def test_a_definition_list_pairs_label_and_value():
    markup = "<dl><dt>Mødested</dt><dd>Salen</dd><dt>Afbud</dt><dd>Asta</dd><dd>Bo</dd></dl>"
    assert texts(markup) == ["Mødested   Salen", "Afbud   Asta", "Bo"]


def test_a_table_has_a_line_for_each_row():
    markup = "<table><tr><th>Konto<th>2025<th>2026<tr><td>Drift<td><p>1.200</p><td>1.300<tr><td>Anlæg<td><td>40</table>"
    assert [(line.text, line.cells) for line in lines(markup)] == [
        ("Konto | 2025 | 2026", True), ("Drift | 1.200 | 1.300", True), ("Anlæg |  | 40", True),
    ]  # fmt: skip


def test_a_label_and_its_value_in_a_table_stand_apart_on_one_line():
    markup = "<table><tr><td>Mødested:</td><td>Salen</td></tr><tr><th>Dato</th><td>3. marts</td></tr></table>"
    assert [(line.text, line.cells) for line in lines(markup)] == [
        ("Mødested:   Salen", False),
        ("Dato   3. marts", False),
    ]


def test_a_layout_made_with_a_table_is_read_cell_by_cell():
    markup = "<table><tr><td>1<td><h2>Sag</h2><p>Indhold</p><td></td></tr><tr><td>2<td><h2>Ny</h2></table>"
    assert [line.text for line in lines(markup)] == ["1", "", "Sag", "", "Indhold", "", "2", "", "Ny"]


def test_preformatted_text_keeps_its_lines_and_columns():
    assert texts("<pre>Dato:     3. marts\nSted:     Salen</pre>") == ["Dato:     3. marts", "Sted:     Salen"]


@pytest.mark.parametrize(
    "machinery",
    [
        "<nav>X</nav>",
        "<script>X</script>",
        "<style>X</style>",
        "<template>X</template>",
        "<noscript>X</noscript>",
        "<svg><title>X</title></svg>",
        "<div hidden>X</div>",
        '<div style="color: red; DISPLAY : none">X</div>',
        '<span aria-hidden="true">X</span>',
        '<ul role="menu"><li>X</ul>',
        '<div class="modal fade" tabindex="-1"><h4>X</h4></div>',
        '<div role="dialog">X</div>',
        '<dialog open>X</dialog>',
        '<div id="cookie-banner">X</div>',
        '<div class="CookieConsent">X</div>',
        '<a class="skip-link" href="#indhold">X</a>',
        '<a class="sr-only" href="#indhold">X</a>',
        '<button>X</button>',
        '<span role="button">X</span>',
        '<select><option>X</select><textarea>X</textarea>',
        '<ol class="breadcrumb"><li>X</ol>',
        '<span class="glyphicon glyphicon-paperclip"></span><span>7</span>',
        "<!-- X -->",
    ],
)  # fmt: skip
def test_the_machinery_of_a_page_is_left_out(machinery):
    assert texts(f"<div><p>Før</p>{machinery}<p>Efter</p></div>") == ["Før", "Efter"]


@pytest.mark.parametrize(
    "content",
    [
        '<button aria-expanded="false" aria-controls="a"><h2>X</h2></button>',
        '<h2><button class="accordion-button">X</button></h2>',
        '<button aria-controls="a">Fold ud</button><div id="a" hidden>X</div>',
        '<a data-toggle="collapse" href="#b" data-target="#b"></a><div id="b" style="display:none">X</div>',
        '<div role="tabpanel" hidden>X</div>',
        '<main aria-hidden="true">X</main>',
        '<div class="cookies-accepted"><h1>X</h1></div>',
        "<details><summary>X</summary></details>",
        '<a role="button" href="/bilag">X</a>',
        '<form action="/">X</form>',
        "<footer>X</footer>",
    ],
)
def test_what_only_looks_like_machinery_stays(content):
    assert "X" in texts(content)


def test_the_footer_of_a_site_goes_where_the_page_tells_its_main_part():
    markup = "<main>Referat<article>Sag<footer>Underskrift</footer></article></main><footer>Telefon</footer>"
    assert texts(markup) == ["Referat", "Sag", "Underskrift"]


@pytest.mark.parametrize(
    "data",
    [
        "<p>Blåbærgrød</p>".encode(),
        "\ufeff<p>Blåbærgrød</p>".encode(),
        "<meta charset='iso-8859-1'><p>Blåbærgrød</p>".encode("latin-1"),
        '<meta http-equiv="content-type" content="text/html; charset=windows-1252"><p>Blåbærgrød'.encode("cp1252"),
        "<p>Blåbærgrød</p>".encode("cp1252"),
        "<meta charset=volapyk><p>Blåbærgrød</p>".encode(),
        "<meta charset=base64><p>Blåbærgrød</p>".encode(),
        "<meta charset=utf-8><p>Blåbærgrød</p>".encode("utf-16"),
    ],
)
def test_every_usual_encoding_is_read(data):
    assert texts(data) == ["Blåbærgrød"]


def test_controls_and_marks_of_direction_are_taken_out():
    assert texts("<p>ne\u00adder\u202elag\u0000&#x202e; &#x7f;og&nbsp;ﬁre</p>") == ["nederlag og fire"]


@pytest.mark.parametrize("data", [b"<html><script>1</script>", b"<p> &nbsp; </p>", b"<nav>Forside</nav>"])
def test_a_page_without_text_is_refused(data):
    with pytest.raises(UnreadableFile) as refused:
        extract(data)
    assert refused.value.found == "no text"


def test_deep_markup_is_read():
    depth = 5000
    assert texts("<div>" * depth + "Bund" + "</div>" * depth) == ["Bund"]
    assert "Bund" in texts("<table><tr><td>" * 300 + "Bund")


@pytest.mark.parametrize("name", ["aarhus-byraad-2025-10-08-agenda", "aarhus-teknisk-udvalg-2025-10-01"])
def test_no_word_of_the_content_of_a_real_page_is_lost(shared_data, name):
    data = (shared_data / "real" / f"{name}.html").read_bytes()
    page = LexborHTMLParser(data)
    for machinery in page.css("nav, script, style, .modal, .dropdown-menu, [hidden], input, .badge, .pdf-label"):
        machinery.decompose()
    shown = Counter(re.findall(r"\w+", page.body.text(separator=" ")))
    assert Counter(re.findall(r"\w+", " ".join(texts(data)))) == shown
