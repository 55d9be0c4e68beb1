"""Conditions on where people came from and were put: landscapes, imports and tags."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, Self

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from campaigns.audience.condition import Condition, Scope, has
from campaigns.audience.names import Names
from campaigns.audience.parameters import Parameters
from campaigns.audience.sentences import any_of
from markets.models import ImportedContact, MarketContact
from markets.models.tags import ContactTag


@dataclass(frozen=True)
class InMarket(Condition):
    """In the landscape of one of some markets."""

    kind: ClassVar[str] = "market"
    label: ClassVar[str | Promise] = _("Market")

    markets: tuple[int, ...]

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.ids("markets", given.names.markets, gettext_noop("market")))

    def sentences(self, names: Names) -> tuple[str, str]:
        words = {"markets": any_of(names.markets[pk] for pk in self.markets)}
        return gettext("In the landscape of %(markets)s") % words, gettext(
            "Not in the landscape of %(markets)s"
        ) % words

    def matches(self, scope: Scope) -> Q:
        return has(scope.rows(MarketContact).filter(market__in=self.markets))

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        placed = scope.rows(MarketContact).filter(market__in=self.markets, contact__in=contacts)
        newest_first = placed.order_by("-added_at", "-pk")
        return {
            contact: gettext("In %(market)s since %(day)s")
            % {"market": scope.names.markets[market], "day": scope.day_text(added)}
            for contact, market, added in newest_first.values_list("contact", "market", "added_at")
        }


@dataclass(frozen=True)
class FromImport(Condition):
    """A row of one of some imports, begun by the day, was about the person."""

    kind: ClassVar[str] = "import"
    label: ClassVar[str | Promise] = _("Import")

    imports: tuple[int, ...]

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.ids("imports", given.names.imports, gettext_noop("import")))

    def sentences(self, names: Names) -> tuple[str, str]:
        words = {"imports": any_of(names.imports[pk] for pk in self.imports)}
        return gettext("In the import %(imports)s") % words, gettext("Not in the import %(imports)s") % words

    def matches(self, scope: Scope) -> Q:
        begun = scope.workspace.imports.filter(scope.known("created_at"), pk__in=self.imports).order_by().values("pk")
        rows = ImportedContact.objects.filter(workspace=scope.workspace, job__in=begun)
        return has(rows.exclude(outcome=ImportedContact.Outcome.NAMED))


@dataclass(frozen=True)
class Tagged(Condition):
    """Has one of some tags. A tag that was taken off again leaves no trace."""

    kind: ClassVar[str] = "tag"
    label: ClassVar[str | Promise] = _("Tag")

    tags: tuple[int, ...]

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls(given.ids("tags", given.names.tags, gettext_noop("tag")))

    def sentences(self, names: Names) -> tuple[str, str]:
        words = {"tags": any_of(names.tags[pk] for pk in self.tags)}
        return gettext("Has the tag %(tags)s") % words, gettext("Doesn't have the tag %(tags)s") % words

    def matches(self, scope: Scope) -> Q:
        rows = ContactTag.objects.filter(scope.known("added_at"), workspace=scope.workspace)
        return has(rows.filter(tag__in=self.tags))

    def evidence(self, scope: Scope, contacts: Collection[int]) -> dict[int, str]:
        rows = ContactTag.objects.filter(scope.known("added_at"), workspace=scope.workspace)
        named = rows.filter(tag__in=self.tags, contact__in=contacts).order_by("-added_at", "-pk")
        return {
            contact: gettext("Tagged %(tag)s on %(day)s") % {"tag": scope.names.tags[tag], "day": scope.day_text(added)}
            for contact, tag, added in named.values_list("contact", "tag", "added_at")
        }
