"""Reads the JSON of one condition. Whatever it holds, the result is values of the right type or a sentence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from campaigns.audience.names import Names
from campaigns.audience.sentences import any_of, in_quotes
from config.ui.formats import number
from markets.contacts.normalization import clean_text

MAX_VALUES = 100
MAX_TEXT = 200
MAX_COUNT = 10_000
FIRST_YEAR, LAST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: `path` is the place of the condition in its group, from the outermost group inwards."""

    path: tuple[int, ...]
    sentence: str


class RuleInvalid(Exception):
    """The rule cannot be used. `sentences` say why."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = list(problems)
        self.sentences = list(dict.fromkeys(problem.sentence for problem in problems))
        super().__init__(" ".join(self.sentences))


def shown(value: object) -> str:
    """A wrong value as a sentence quotes it, whatever it is and however long."""
    if isinstance(value, str):
        text = "".join(char if char.isprintable() else "?" for char in value[:40])
        return in_quotes(f"{text}…" if len(value) > 40 else text)
    if value is None:
        return _("nothing")
    if isinstance(value, bool | float) or (isinstance(value, int) and value.bit_length() <= 64):
        return in_quotes(str(value))
    if isinstance(value, int):
        return _("a number out of range")
    return _("a list") if isinstance(value, list) else _("an object")


class Parameters:
    """The parameters of one condition. Each method reads one of them. A value that it refuses adds a problem, and the
    method returns some value of the type, so that the other parameters are read, too."""

    def __init__(self, label: str, data: Mapping[str, object], names: Names):
        self.label, self.data, self.names = label, data, names
        self.problems: list[str] = []
        self._known = {"kind", "negated"}

    def _get(self, name: str) -> object:
        self._known.add(name)
        return self.data.get(name)

    def refuse(self, sentence: str) -> None:
        self.problems.append(f"{self.label}: {sentence}")

    def choice(self, name: str, options: Mapping[str, object] | Sequence[str]) -> str:
        value = self._get(name)
        if isinstance(value, str) and value in options:
            return value
        self.refuse(
            _("%(shown)s isn't a valid %(name)s. Choose %(options)s.")
            % {"shown": shown(value), "name": name, "options": any_of(options)}
        )
        return next(iter(options))

    def choices(
        self, name: str, options: Mapping[str, object] | Sequence[str], *, needed: bool = True
    ) -> tuple[str, ...]:
        """Values out of `options`; a mapping has their labels."""
        values = self._list(name, needed=needed)
        for value in values:
            if not (isinstance(value, str) and value in options):
                labels = map(str, options.values()) if isinstance(options, Mapping) else options
                self.refuse(
                    _("%(shown)s isn't one of the %(name)s. Choose %(options)s.")
                    % {"shown": shown(value), "name": name, "options": any_of(labels)}
                )
        return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value in options))

    def ids(self, name: str, known: Collection[int], noun: str, *, needed: bool = True) -> tuple[int, ...]:
        """Ids of rows of the workspace. Those of other workspaces are refused like those that do not exist."""
        values = self._list(name, needed=needed)
        missing = [value for value in values if type(value) is not int or value not in known]
        for value in missing:
            self.refuse(
                _("the %(noun)s %(shown)s doesn't exist any more. Remove it, or choose another %(noun)s.")
                % {"noun": _(noun), "shown": shown(value)}
            )
        return tuple(dict.fromkeys(value for value in values if type(value) is int and value in known))

    def campaigns(self, *, needed: bool = False) -> tuple[int, ...]:
        return self.ids("campaigns", self.names.campaigns, gettext_noop("campaign"), needed=needed)

    def texts(self, name: str, *, needed: bool = True) -> tuple[str, ...]:
        values = self._list(name, needed=needed)
        return tuple(dict.fromkeys(text for value in values if (text := self._clean(name, value))))

    def text(self, name: str) -> str:
        return self._clean(name, self._get(name))

    def count(self, name: str, least: int = 0, most: int = MAX_COUNT) -> int:
        value = self._get(name)
        if type(value) is int and least <= value <= most:
            return value
        self.refuse(
            _("%(shown)s isn't a valid number. Enter a whole number from %(least)s to %(most)s.")
            % {"shown": shown(value), "least": least, "most": number(most)}
        )
        return least

    def day(self, name: str) -> date:
        value = self._get(name)
        try:
            found = parse_date(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found and FIRST_YEAR <= found.year <= LAST_YEAR:
            return found
        self.refuse(_("%(shown)s isn't a valid day. Enter one such as 2026-01-31.") % {"shown": shown(value)})
        return date(LAST_YEAR, 1, 1)

    def value(self, name: str) -> str | int | float:
        """A text or a number."""
        value = self._get(name)
        if type(value) is int and value.bit_length() < 63:
            return value
        if isinstance(value, float) and abs(value) < 1e15:
            return value
        return self._clean(name, value)

    def optional(self, name: str) -> None:
        """Admits a parameter that is not read."""
        self._known.add(name)

    def finish(self) -> list[str]:
        for name in [name for name in self.data if name not in self._known][:3]:
            self.refuse(_("%(shown)s means nothing here. Remove it.") % {"shown": shown(name)})
        return self.problems

    def _list(self, name: str, *, needed: bool) -> list[object]:
        value = self._get(name)
        if value is None:
            value = []
        if not isinstance(value, list):
            self.refuse(_("%(name)s needs a list, not %(shown)s.") % {"name": name, "shown": shown(value)})
            return []
        if needed and not value:
            self.refuse(_("choose at least one of the %(name)s.") % {"name": name})
        if len(value) > MAX_VALUES:
            self.refuse(
                _("%(count)s %(name)s are too many. Choose at most %(most)s.")
                % {"count": number(len(value)), "name": name, "most": MAX_VALUES}
            )
            return []
        return cast(list[object], value)

    def _clean(self, name: str, value: object) -> str:
        text = clean_text(value) if isinstance(value, str) and len(value) <= MAX_TEXT else ""
        if isinstance(value, str) and len(value) > MAX_TEXT:
            self.refuse(
                _("%(shown)s is too long. Use at most %(most)s characters.") % {"shown": shown(value), "most": MAX_TEXT}
            )
        elif not text or "\0" in str(value):
            self.refuse(
                _("%(shown)s isn't a valid %(name)s. Enter a text.")
                % {"shown": shown(value), "name": name.removesuffix("s")}
            )
            return ""
        return text
