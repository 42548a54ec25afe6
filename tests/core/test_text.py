"""The text of all fields: what it means, and that it never loses a word."""

from __future__ import annotations

import pytest
from hypothesis import given

from raadslag.core import text as t
from tests.strategies import texts


def count(value: str) -> int:
    """How many letters and digits stand in `value`."""
    return sum(character.isalnum() for character in value)


@given(texts(200))
def test_no_letter_and_no_digit_is_lost(value):
    shown = t.plain(value)
    addresses = "".join(sorted(_addresses(t.parse(value))))
    assert count(shown) + count(addresses) >= count(value)
    if not addresses:
        assert "".join(t.words(shown)) == "".join(t.words(value))


def word(value):
    return (t.Text(value),)


def _addresses(nodes):
    for node in nodes:
        if isinstance(node, t.Link):
            yield node.href
        for name in ("children", "blocks", "items"):
            yield from _addresses(getattr(node, name, ()))
        for row in (getattr(node, "head", ()), *getattr(node, "rows", ())):
            for cell in row:
                yield from _addresses(cell)


@pytest.mark.parametrize(
    "prose",
    [
        "1. At sagen udsættes",
        "2018. Det var et godt år.",
        "#5 og #6",
        "x_y_z og 3*4*5",
        "<b>ikke fed</b> &amp; &lt;",
        "    fire blanke først",
        "> et citat",
        "`kode`",
        "[1]: kilde",
        "overskrift\n===",
        "[klik](javascript:alert(1))",
        "[data](data:text/html,x)",
    ],
)
def test_prose_is_shown_as_it_stands(prose):
    assert t.plain(prose) == prose.strip()


def test_a_list_keeps_its_numbers_as_written():
    (shown,) = t.parse("1. At godkende\n3. At udsætte\n\n2018. Det var")
    assert [item.marker for item in shown.items] == ["1.", "3.", "2018."]


def test_the_subset_has_headings_nested_lists_tables_links_and_emphasis():
    heading, bullets, table, paragraph = t.parse(
        "## To\n\n- a\n  1) b\n- c\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n*e* **s** [l](https://example.org)"
    )
    assert heading == t.Heading(2, word("To"))
    inner = t.List((t.ListItem("1)", (t.Paragraph(word("b")),)),))
    assert bullets == t.List(
        (t.ListItem(None, (t.Paragraph(word("a")), inner)), t.ListItem(None, (t.Paragraph(word("c")),)))
    )
    assert table == t.Table((word("x"), word("y")), ((word("1"), word("2")),))
    assert paragraph == t.Paragraph(
        (t.Emphasis(word("e")), t.Text(" "), t.Strong(word("s")), t.Text(" "), t.Link("https://example.org", word("l")))
    )


def test_wrapped_prose_flows_and_lines_broken_on_purpose_stay():
    wrapped = (
        "Dette er en lang linje, som en side har brudt, fordi der ikke var\nplads til mere, og så gik den videre her."
    )
    assert "\n" not in t.plain(wrapped)
    assert t.plain("Kort linje.\n" + wrapped).split("\n")[0] == "Kort linje."
    assert t.plain("Ja: Runa, Villum\nNej: Signe") == "Ja: Runa, Villum\nNej: Signe"


def test_typed_bullets_are_a_list_that_ends_where_prose_begins_anew():
    before, bullets, after = t.parse(
        "Udvalget talte om fire temaer ved standene:\n• Netværk og ressourcer, som udvalget har talt om ved hvert "
        "eneste møde i\nhele perioden\n    ▪ Nye indsatser\nFormanden takkede for en aften, hvor alle havde ordet."
    )
    assert [type(block) for block in (before, bullets, after)] == [t.Paragraph, t.List, t.Paragraph]
    first, second = bullets.items
    assert (first.marker, second.marker) == (None, None)
    assert t.plain(first.blocks).endswith("møde i hele perioden")
    assert t.plain(second.blocks) == "Nye indsatser"
    assert t.plain((after,)).startswith("Formanden takkede")
    assert t.parse("a • b") == (t.Paragraph(word("a • b")),)


def test_a_table_with_a_cell_too_many_is_prose_rather_than_a_loss():
    assert "3" in t.plain("a|b\n-|-\n1|2|3")


@pytest.mark.parametrize(
    "hostile",
    [
        "- " * 20_000 + "x",
        "*" * 40_000,
        "**a *b " * 5_000 + "b* a** " * 5_000,
        "[" * 20_000,
        "[a](" * 10_000,
        "".join("  " * depth + "- x\n" for depth in range(300)),
        "|" * 5_000 + "\n" + "|-" * 5_000,
        "ord " * 500_000,
        "_a_ " * 100_000,
        "\0" * 1_000 + "ord",
    ],
    ids=range(10),
)
def test_hostile_text_has_a_tree_that_loses_nothing_and_is_not_deep(hostile):
    blocks = t.parse(hostile)
    assert t.words(t.plain(blocks)) == t.words(hostile)
    assert _depth(blocks) <= 2 * t.MAX_NESTING


@pytest.mark.parametrize("hostile", ["*a " * 60_000, "[a](" * 30_000, "__a" * 60_000, "[" * t.MAX_MARKUP])
def test_markup_longer_than_the_parser_is_given_stands_as_words(hostile):
    blocks = t.parse(hostile)
    assert len(hostile) <= t.MAX_MARKUP or blocks == (t.Paragraph(word(hostile.strip())),)
    assert t.words(t.plain(blocks)) == t.words(hostile)


def test_a_long_text_is_shown_as_it_stands():
    assert t.parse("- a") != (t.Paragraph(word("- a")),)
    text = "- a " + "ord " * (t.MAX_MARKUP // 4) + "*slut*"
    assert t.parse(text) == (t.Paragraph(word(text)),)


def table(columns, *rows):
    return "\n".join("|".join([cell] * columns) for cell in ("a", "-")) + "".join(f"\n{row}" for row in rows)


def test_a_table_too_wide_for_paper_is_prose():
    assert isinstance(t.parse(table(t.MAX_COLUMNS))[0], t.Table)
    wide = table(t.MAX_COLUMNS + 1, "1|2")
    assert not any(isinstance(block, t.Table) for block in t.parse(wide))
    assert t.words(t.plain(wide)) == t.words(wide)


def test_short_rows_do_not_fill_up_to_countless_cells():
    assert isinstance(t.parse(table(20, *["1"] * 400))[0], t.Table)
    assert isinstance(t.parse(table(20, *["1"] * 600))[0], t.Paragraph)


def _depth(nodes):
    inner = [child for node in nodes for name in ("children", "blocks", "items") for child in getattr(node, name, ())]
    return 1 + _depth(inner) if inner else 1


@pytest.mark.parametrize(
    "text", ["Se [https://example.org/a](https://example.org/a).", "[a@example.org](mailto:a@example.org)"]
)
def test_a_link_may_show_its_own_address(text: str) -> None:
    (paragraph,) = t.parse(text)
    assert any(isinstance(one, t.Link) for one in paragraph.children)
