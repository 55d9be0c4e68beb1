"""A small file in the shape of a preset that ships, and what its rows say."""

from typing import NamedTuple


class Shape(NamedTuple):
    lines: list[str]
    picked: list[dict[str, str]]
    """The fields of each row that are not blank."""
    delimiter: str = ","
