"""The words in which two values differ."""

import pytest

from config.ui.differences import MOST_WORDS, Difference


def marked(stored, typed):
    """Both values, with brackets around the words that differ."""
    columns = Difference("Notes", stored, typed, "").columns()
    return ["".join(f"[{text}]" if differs else text for text, differs in parts) for _, parts in columns]


@pytest.mark.parametrize(
    ("stored", "typed", "shown"),
    [
        ("Partner", "Counsel", ["[Partner]", "[Counsel]"]),
        ("North LLP", "North & Co LLP", ["North LLP", "North [& Co ]LLP"]),
        ("", "Counsel", ["", "[Counsel]"]),
        ("Partner", "", ["[Partner]", ""]),
        ("One two three", "Zero two three four", ["[One ]two [three]", "[Zero ]two [three four]"]),
        ("She left.\nHe stays.", "She left.\nThey stay.", ["She left.\n[He stays.]", "She left.\n[They stay.]"]),
        (" <b>", "<b>", ["[ ]<b>", "<b>"]),
    ],
)
def test_the_words_that_differ_are_marked(stored, typed, shown):
    assert marked(stored, typed) == shown


@pytest.mark.parametrize("stored", ["a " * MOST_WORDS, "a " * (MOST_WORDS + 1), "a b " * 100_000, "x" * 500_000])
def test_no_word_of_a_long_text_is_lost(stored):
    typed = f"Mine: {stored}!"

    (_, before), (_, after) = Difference("Notes", stored, typed, "").columns()

    assert ("".join(text for text, _ in before), "".join(text for text, _ in after)) == (stored, typed)
