"""How heavy a text is."""

from raadslag.core.hints import readability


def test_lix_is_words_a_sentence_and_long_words() -> None:
    told = readability("Katten sover. Kommunalbestyrelsen beslutter forslaget.")
    assert told.lix == round(5 / 2 + 100 * 3 / 5)
    assert told.long_sentences == ()


def test_a_long_sentence_is_told_as_written() -> None:
    long = " ".join(["ord"] * 25) + "."
    assert readability(f"Kort. \n\n{long}").long_sentences == (long,)


def test_an_empty_text_has_no_lix() -> None:
    assert readability(" \n- 5\n").lix is None
