"""Finds the users whom a text mentions: `@Ann`, `@Ann Smith` or, by the address before its @, `@ann.smith`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import ngettext

from markets.models import User

MENTION = re.compile(r"(?<![\w@.])@(?=\w)")
WORD = re.compile(r"[\w.'’+-]*\w")


@dataclass
class Mentions:
    """The users that a text names, and the names that nobody or several people have."""

    users: list[User] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)

    @property
    def hint(self) -> str:
        """A sentence about the unclear names; "" if there are none."""
        if not self.unclear:
            return ""
        names = ", ".join(f"“@{name}”" for name in self.unclear)
        return ngettext(
            "%(names)s doesn't name one person here. Use a full name, or the part of an email address before the @.",
            "%(names)s don't name one person here. Use a full name, or the part of an email address before the @.",
            len(self.unclear),
        ) % {"names": names}


def find_mentions(text: str, users: Iterable[User]) -> Mentions:
    """The longest name after an @ counts. Letter case does not matter."""
    names = _names(users)
    longest_first = sorted(names, key=len, reverse=True)
    found = Mentions()
    for start in (match.end() for match in MENTION.finditer(text)):
        rest = text[start : start + 320].casefold()
        name = next((each for each in longest_first if _begins_with(rest, each)), "")
        named = names.get(name, [])
        if len(named) == 1:
            found.users += [] if named[0] in found.users else named
        else:
            typed = name and text[start : start + len(name)]
            word = WORD.match(text, start)
            unclear = (typed or (word[0] if word else ""))[:60]
            found.unclear += [] if unclear in found.unclear else [unclear]
    return found


def _names(users: Iterable[User]) -> dict[str, list[User]]:
    """The users by each name that they answer to, in small letters."""
    names: dict[str, list[User]] = {}
    for user in users:
        own = {user.first_name, user.get_full_name(), user.email.partition("@")[0]}
        for name in {" ".join(each.split()).casefold() for each in own} - {""}:
            names.setdefault(name, []).append(user)
    return names


def _begins_with(text: str, name: str) -> bool:
    """Whether the text begins with the name as a whole: not `@Ann` for `@Anna`, nor for `@ann.smith`."""
    return text.startswith(name) and not re.match(r"\w|[.'’+-]\w", text[len(name) :])
