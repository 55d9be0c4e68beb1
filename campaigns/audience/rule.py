"""Rules: conditions combined by all, any and none."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from itertools import batched
from operator import and_, or_
from typing import Self

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.audience.condition import Condition, Scope
from campaigns.audience.names import Names
from campaigns.audience.parameters import Parameters, Problem, RuleInvalid, shown
from campaigns.audience.registry import registered
from campaigns.audience.sentences import Sentence, any_of
from config.db import bulk
from markets.models import Contact, Workspace
from markets.models.landscape import ContactQuerySet

VERSION = 1
MAX_DEPTH = 4
"""Groups within groups, with the outermost."""
MAX_CONDITIONS = 40
AT_ONCE = 2000
"""Contacts whose reasons are queried together."""

MATCHES = {"all": _("All of these"), "any": _("Any of these"), "none": _("None of these")}


@dataclass
class Reasons:
    """Why a contact matches a part of a rule: what is known of them, and what they are not."""

    evidence: list[str] = field(default_factory=list)
    absences: list[str] = field(default_factory=list)

    def __add__(self, other: "Reasons") -> "Reasons":
        return Reasons(self.evidence + other.evidence, self.absences + other.absences)


@dataclass(frozen=True)
class Leaf:
    """A condition, or its negation."""

    condition: Condition
    negated: bool = False

    def as_json(self) -> dict[str, object]:
        return self.condition.as_json() | ({"negated": True} if self.negated else {})

    def matches(self, scope: Scope) -> Q:
        return self.condition.excludes(scope) if self.negated else self.condition.matches(scope)

    def excludes(self, scope: Scope) -> Q:
        return self.condition.matches(scope) if self.negated else self.condition.excludes(scope)

    def sentence(self, names: Names, *, negated: bool = False) -> Sentence:
        positive, negative = self.condition.sentences(names)
        return Sentence(negative if self.negated != negated else positive)

    def reasons(self, scope: Scope, contacts: Collection[int]) -> dict[int, Reasons]:
        evidence = self.condition.evidence(scope, contacts)
        if not self.negated:
            return {contact: Reasons([text]) for contact, text in evidence.items()}
        text = self.sentence(scope.names).text
        return {contact: Reasons(absences=[text]) for contact in contacts if contact not in evidence}


@dataclass(frozen=True)
class Group:
    """Parts of which all, any or none have to match. Only the outermost may have no parts, and matches everybody then.

    Negations are handed down to the conditions: PostgreSQL joins `NOT EXISTS`, but not `NOT (EXISTS ... OR ...)`.
    """

    match: str = "all"
    parts: tuple["Leaf | Group", ...] = ()

    def as_json(self) -> dict[str, object]:
        return {"match": self.match, "conditions": [part.as_json() for part in self.parts]}

    def matches(self, scope: Scope) -> Q:
        match self.match:
            case "any":
                return self._any(part.matches(scope.for_alternatives()) for part in self.parts)
            case "none":
                return self._all(part.excludes(scope) for part in self.parts)
        return self._all(part.matches(scope) for part in self.parts)

    def excludes(self, scope: Scope) -> Q:
        match self.match:
            case "any":
                return self._all(part.excludes(scope) for part in self.parts)
            case "none":
                return self._any(part.matches(scope.for_alternatives()) for part in self.parts)
        return self._any(part.excludes(scope.for_alternatives()) for part in self.parts)

    @staticmethod
    def _all(conditions: Iterable[Q]) -> Q:
        return reduce(and_, conditions, Q())

    @staticmethod
    def _any(conditions: Iterable[Q]) -> Q:
        return reduce(or_, conditions, Q())

    def sentence(self, names: Names, *, negated: bool = False) -> Sentence:
        heading = str(MATCHES[self.match])
        if negated:
            heading = gettext("Not so: %(which)s") % {"which": heading.lower()}
        return Sentence(heading, tuple(part.sentence(names) for part in self.parts))

    def reasons(self, scope: Scope, contacts: Collection[int]) -> dict[int, Reasons]:
        of_parts = [part.reasons(scope, contacts) for part in self.parts]
        if self.match == "none":
            texts = [part.sentence(scope.names, negated=True).line for part in self.parts]
            matched = set[int]().union(*of_parts)
            return {contact: Reasons(absences=list(texts)) for contact in contacts if contact not in matched}
        needed = len(of_parts) if self.match == "all" or not of_parts else 1
        found = {contact: [part[contact] for part in of_parts if contact in part] for contact in contacts}
        return {contact: sum(each, Reasons()) for contact, each in found.items() if len(each) >= needed}


@dataclass(frozen=True)
class Rule:
    """A rule over a workspace's people. Its parts are those of the outermost group."""

    group: Group = field(default_factory=Group)

    @classmethod
    def parse(cls, data: object, workspace: Workspace, names: Names | None = None) -> Self:
        """The rule that JSON describes. Raises RuleInvalid, also for what the workspace does not have (any more). Pass
        the same `names` to read many rules."""
        reader = _Reader(names or Names(workspace))
        group = reader.rule(data)
        if reader.problems:
            raise RuleInvalid(reader.problems)
        return cls(group)

    def as_json(self) -> dict[str, object]:
        return {"version": VERSION} | self.group.as_json()

    def condition(self, workspace: Workspace, day: date | None = None) -> Q:
        """Q on the workspace's contacts. As of a past day it means what was known at its end; fields of people have no
        history and keep their present values."""
        scope = Scope(workspace, day)
        return self.group.matches(scope) & scope.known("created_at")

    def people(self, workspace: Workspace, day: date | None = None) -> ContactQuerySet:
        return workspace.contacts.filter(self.condition(workspace, day))

    def count(self, workspace: Workspace, day: date | None = None) -> int:
        return count_people(self.people(workspace, day))

    def fits(self, workspace: Workspace, contact: str = "contact") -> Exists:
        """Condition on other rows of the workspace, whose `contact` is the path to the person, to filter or rank them:

        members.annotate(is_first=rule.fits(workspace)).order_by("-is_first")
        """
        return Exists(self.people(workspace).order_by().filter(pk=OuterRef(contact)))

    def sentences(self, workspace: Workspace, names: Names | None = None) -> Sentence:
        """What the rule asks for, nested like the rule."""
        return self.group.sentence(names or Names(workspace)) if self.group.parts else Sentence(gettext("Everybody"))

    def reasons(
        self, workspace: Workspace, contact_ids: Collection[int], day: date | None = None
    ) -> dict[int, list[str]]:
        """Why each of these contacts matches; those who do not match are left out.

        What is known of a person comes first. What they are not (“Not in a running campaign”) is a reason only where
        there is no other. The number of statements depends on the conditions, not on the people.
        """
        scope, reasons = Scope(workspace, day), dict[int, list[str]]()
        for some in batched(dict.fromkeys(contact_ids), AT_ONCE):
            existing = scope.contacts.filter(scope.known("created_at"), pk__in=some)
            for contact, each in self.group.reasons(scope, list(existing.values_list("pk", flat=True))).items():
                reasons[contact] = list(dict.fromkeys(each.evidence or each.absences))
        return reasons


def count_people(people: QuerySet[Contact]) -> int:
    """The number of people that conditions of audiences leave.

    PostgreSQL expects far fewer than there are, because it does not know that a workspace's calls are about its own
    people, and would look up each of them by nested loops. Joining by hashes takes up to half the time.
    """
    with transaction.atomic(using=people.db), bulk.without_nested_loops(people.db):
        return people.order_by().count()


def ids_of_people(people: QuerySet[Contact]) -> list[int]:
    """The ids of the people that conditions of audiences leave, joined as `count_people` does."""
    with transaction.atomic(using=people.db), bulk.without_nested_loops(people.db):
        return list(people.order_by().values_list("pk", flat=True))


class _Reader:
    """Reads a rule and collects what is wrong with it."""

    def __init__(self, names: Names):
        self.names = names
        self.problems: list[Problem] = []
        self.condition_count = 0

    def refuse(self, path: tuple[int, ...], sentence: str) -> None:
        self.problems.append(Problem(path, sentence))

    def rule(self, data: object) -> Group:
        if not isinstance(data, dict):
            problem = gettext("An audience is an object with conditions, not %(shown)s.")
            self.refuse((), problem % {"shown": shown(data)})
            return Group()
        version = data.get("version")
        if type(version) is int and VERSION < version < 1000:
            self.refuse(
                (),
                gettext("This audience has version %(version)s, and this portal reads version %(read)s. Update it.")
                % {"version": version, "read": VERSION},
            )
        elif type(version) is not int or version != VERSION:
            self.refuse(
                (),
                gettext("%(shown)s isn't a version of audiences. Use %(version)s.")
                % {"shown": shown(version), "version": VERSION},
            )
        if self.problems:
            return Group()
        group = self.group({name: value for name, value in data.items() if name != "version"}, ())
        if self.condition_count > MAX_CONDITIONS:
            self.problems = []
            self.refuse(
                (),
                gettext("An audience has at most %(most)s conditions. Remove some.") % {"most": MAX_CONDITIONS},
            )
        return group

    def group(self, data: Mapping[str, object], path: tuple[int, ...]) -> Group:
        match, conditions = data.get("match"), data.get("conditions")
        if not (isinstance(match, str) and match in MATCHES):
            self.refuse(
                path,
                gettext("%(shown)s doesn't say how conditions combine. Choose %(options)s.")
                % {"shown": shown(match), "options": any_of(MATCHES)},
            )
            match = "all"
        for name in [name for name in data if name not in ("match", "conditions")][:3]:
            self.refuse(path, gettext("%(shown)s means nothing in a group. Remove it.") % {"shown": shown(name)})
        if not isinstance(conditions, list):
            self.refuse(
                path, gettext("A group needs a list of conditions, not %(shown)s.") % {"shown": shown(conditions)}
            )
            conditions = []
        return Group(match, tuple(self.parts(conditions, path)))

    def parts(self, conditions: list[object], path: tuple[int, ...]) -> Iterator[Leaf | Group]:
        """Groups without conditions are left out."""
        for place, data in enumerate(conditions):
            here = (*path, place)
            if self.condition_count > MAX_CONDITIONS:
                return
            if not isinstance(data, dict):
                self.refuse(
                    here, gettext("A condition is an object with a kind, not %(shown)s.") % {"shown": shown(data)}
                )
                self.condition_count += 1
            elif "kind" in data or "conditions" not in data:
                if leaf := self.leaf(data, here):
                    yield leaf
            elif len(here) >= MAX_DEPTH:
                self.refuse(
                    here,
                    gettext("Groups nest at most %(most)s deep. Move these conditions one group up.")
                    % {"most": MAX_DEPTH},
                )
                self.condition_count += 1
            elif (group := self.group(data, here)).parts:
                yield group

    def leaf(self, data: Mapping[str, object], path: tuple[int, ...]) -> Leaf | None:
        self.condition_count += 1
        name, negated = data.get("kind"), data.get("negated", False)
        kind = registered().get(name) if isinstance(name, str) else None
        if kind is None:
            self.refuse(
                path,
                gettext("%(shown)s is no kind of condition. Remove it, or choose another.") % {"shown": shown(name)},
            )
            return None
        given = Parameters(str(kind.label), data, self.names)
        if not isinstance(negated, bool):
            given.refuse(gettext("“negated” is true or false, not %(shown)s.") % {"shown": shown(negated)})
        condition = kind.read(given)
        for sentence in given.finish():
            self.refuse(path, sentence)
        return Leaf(condition, negated is True)
