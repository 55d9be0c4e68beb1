"""What a Draft still lacks before it is activated."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.models import Campaign, Kind
from config.ui.formats import in_sentence, number


@dataclass(frozen=True)
class Item:
    """One line of the checklist. `key` names the page on which it is done, or the field of the campaign's form."""

    key: str
    label: str
    is_done: bool
    hint: str = ""
    is_required: bool = False


@dataclass(frozen=True)
class Readiness:
    items: Sequence[Item]

    @property
    def missing(self) -> list[Item]:
        return [item for item in self.items if not item.is_done]

    @property
    def can_be_activated(self) -> bool:
        return not any(item.is_required for item in self.missing)

    @property
    def sentence(self) -> str:
        """What activating needs, or what it would do without."""
        if not self.can_be_activated:
            return _("Activating needs at least one person who can be called.")
        names = [in_sentence(item.label) for item in self.missing]
        if not names:
            return _("Everything is set. Activate it when the calls begin.")
        listed = names[0]
        if names[1:]:
            listed = _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
        return _("Can be activated. Still missing: %(listed)s.") % {"listed": listed}


def readiness(campaign: Campaign, *, people: int, callable_people: int, callers: int, goals: int) -> Readiness:
    has_dates = bool(campaign.starts_on and (campaign.ends_on or campaign.kind == Kind.COVERAGE))
    has_owner, has_brief = campaign.owner_id is not None, bool(campaign.brief)
    some_callable = _("%(count)s of %(total)s") % {"count": number(callable_people), "total": number(people)}
    none_callable = _("None of them can be called.") if people else ""
    return Readiness(
        [
            Item(
                "choose",
                _("People"),
                people > 0,
                _("%(count)s chosen") % {"count": number(people)} if people else _("Choose them from the market."),
            ),
            Item(
                "members" if people else "choose",
                _("Callable people"),
                callable_people > 0,
                some_callable if callable_people else none_callable,
                is_required=True,
            ),
            Item("starts_on", _("Dates"), has_dates, "" if has_dates else _("Say when it starts and ends.")),
            Item("owner", _("Owner"), has_owner, str(campaign.owner) if has_owner else _("Say who answers for it.")),
            Item("brief", _("Brief"), has_brief, "" if has_brief else _("Callers read it before they dial.")),
            Item("callers", _("Callers"), callers > 0, number(callers) if callers else _("Say who calls.")),
            Item(
                "goals",
                _("Goal"),
                goals > 0,
                _("%(count)s set") % {"count": number(goals)} if goals else _("Say what it should reach, and by when."),
            ),
        ]
    )
