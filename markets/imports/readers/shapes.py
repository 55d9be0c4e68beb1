"""What the text of a cell looks like, whatever its column is called."""

import re

SHAPES = {
    "email": re.compile(r"[^@\s,;<>]+@(?:[\w-]+\.)+[^\W\d_]{2,24}"),
    "domain": re.compile(r"@?(?:[\w-]+\.)+[^\W\d_]{2,24}"),
    "moment": re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([T ].{4,30})?"),
    "phone": re.compile(r"[+(]*\d(?:[\s().\-/]{0,3}[\dxX*]){2,24}\*?"),
    "number": re.compile(r"-?[\d.,]+%?"),
    "link": re.compile(r"(?:https?://|www\.)\S+"),
}
"""In order of precedence."""
DATA = ("email", "moment", "phone", "number", "link")
"""The shapes that no column name has. A name such as “contact.email” looks like a domain."""
MAX_LENGTH = 200


def shape_of(cell: str) -> str:
    """A key of SHAPES, or "" for a blank cell and for any other text."""
    text = cell.strip().removeprefix("'")
    if not text or len(text) > MAX_LENGTH:
        return ""
    shape = next((name for name, pattern in SHAPES.items() if pattern.fullmatch(text)), "")
    if shape == "phone" and not is_phone(text):
        return "number" if text.isdecimal() else ""
    return shape


def is_phone(text: str) -> bool:
    """A number of 7 to 15 digits, or a pattern such as 212555* or 213XXXXXXX."""
    digits = sum(map(str.isdecimal, text))
    return 7 <= digits <= 15 or (digits >= 3 and any(sign in text for sign in "xX*"))


def is_data(cell: str) -> bool:
    return shape_of(cell) in DATA


def common_shape(cells: list[str]) -> str:
    """The shape that at least four in five of the filled cells have, or "". Domains among email addresses are such."""
    shapes = [shape_of(cell) for cell in cells if cell.strip()]
    if not shapes:
        return ""
    if "email" in shapes:
        shapes = ["email" if shape == "domain" else shape for shape in shapes]
    shape = max(set(shapes), key=shapes.count)
    return shape if shapes.count(shape) * 5 >= len(shapes) * 4 else ""
