"""Conditions on people who are not to be called: do not call, and off-limits.

They say what `is_suppressed` and `is_off_limits` say, as sets of contacts. Most rules leave these people out, and
PostgreSQL can tell the size of such a set, but not how often one of several subqueries is true.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.audience.condition import Condition, Scope, not_among
from campaigns.audience.names import Names
from campaigns.audience.parameters import Parameters
from config.db.as_of import null_as_of


class Protected(Condition):
    """Some entry in force names the person."""

    @classmethod
    def read(cls, given: Parameters) -> Self:
        return cls()

    def matches(self, scope: Scope) -> Q:
        return Q(pk__in=self.contacts(scope))

    def excludes(self, scope: Scope) -> Q:
        return not_among(scope, self.contacts(scope))

    def contacts(self, scope: Scope) -> QuerySet[Any]:
        """Their ids."""
        raise NotImplementedError


@dataclass(frozen=True)
class Suppressed(Protected):
    """A suppression in force names the person, their number or their email address."""

    kind: ClassVar[str] = "suppressed"
    label: ClassVar[str | Promise] = _("Do not call")

    def sentences(self, names: Names) -> tuple[str, str]:
        return gettext("On the do-not-call list"), gettext("Not on the do-not-call list")

    def contacts(self, scope: Scope) -> QuerySet[Any]:
        not_lifted = null_as_of(scope.at, "lifted_at")
        entries = scope.workspace.suppressions.filter(not_lifted, scope.known("created_at")).order_by()
        people = scope.contacts.order_by()
        by_phone = people.filter(phone_e164__in=entries.exclude(phone_e164="").values("phone_e164"))
        by_email = people.filter(email__in=entries.exclude(email="").values("email"))
        return entries.exclude(contact=None).values("contact").union(by_phone.values("pk"), by_email.values("pk"))


@dataclass(frozen=True)
class OffLimits(Protected):
    """The client wants the person or their firm left alone."""

    kind: ClassVar[str] = "off_limits"
    label: ClassVar[str | Promise] = _("Off-limits")

    def sentences(self, names: Names) -> tuple[str, str]:
        return gettext("Off-limits"), gettext("Not off-limits")

    def contacts(self, scope: Scope) -> QuerySet[Any]:
        last_moment = scope.at - timedelta(microseconds=1) if scope.at else None  # of the day, as an entry ends with it
        entries = scope.workspace.off_limits.all().in_force(last_moment).order_by()
        firms = entries.exclude(firm_key="").values("firm_key")
        by_firm = scope.contacts.order_by().alias(firm_key=Lower("firm")).filter(firm_key__in=firms)
        return entries.exclude(contact=None).values("contact").union(by_firm.values("pk"))
