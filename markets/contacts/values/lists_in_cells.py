"""Splits cells that hold several phone numbers or email addresses."""

import re

BETWEEN_VALUES = " ::: "
"""As Google's exports have it, and as the columns that feed one field are joined."""
LONGEST_PART_OF_A_NUMBER = 6
"""Digits before a separator that can be an area code; more are a number of their own."""
MOST = 10
"""Values of one cell that are kept."""
SURE = re.compile(r"\s*(?::::|[|\n\r]|;(?!\s*ext\s*=)|\s(?:or|oder|ou|o|and|und|et|y)\s)\s*", re.IGNORECASE)
UNSURE = re.compile(r"\s*(?:/|&|(?<!,),(?!,))\s*")
THOUSANDS = re.compile(r"\D?\d{1,3}(,\d{3}){2,}\D?")
ADDRESS_IN_BRACKETS = re.compile(r"<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)\s*>")
BETWEEN_ADDRESSES = re.compile(r"\s*(?::::|[;,|/\n\r]|\s(?:or|oder|ou|o|and|und|et|y)\s)\s*|\s+(?=\S+@)", re.IGNORECASE)


def split_phones(cell: str) -> list[str]:
    """The numbers in a cell, in order. A separator inside a number, as in 030/901820, does not split it."""
    if THOUSANDS.fullmatch(cell):
        return [cell]
    parts: list[str] = []
    for piece in SURE.split(cell):
        parts += _split_unsure(piece)
    return [part for part in parts if part][:MOST]


def _split_unsure(piece: str) -> list[str]:
    if THOUSANDS.fullmatch(piece):
        return [piece]
    parts, start = [], 0
    for match in UNSURE.finditer(piece):
        if sum(map(str.isdigit, piece[start : match.start()])) > LONGEST_PART_OF_A_NUMBER:
            parts.append(piece[start : match.start()].strip())
            start = match.end()
    return [*parts, piece[start:].strip()]


def split_emails(cell: str) -> list[str]:
    """The addresses in a cell, in order, without names as in “Ann Lee <ann@people.example>”."""
    return [part for piece in cell.split(BETWEEN_VALUES) for part in _split_addresses(piece)][:MOST]


def _split_addresses(piece: str) -> list[str]:
    if bracketed := ADDRESS_IN_BRACKETS.findall(piece):
        return bracketed
    parts = [part.removeprefix("mailto:").strip("<>() ") for part in BETWEEN_ADDRESSES.split(piece)]
    return [part for part in parts if part] if all("@" in part for part in parts if part) else [piece]
