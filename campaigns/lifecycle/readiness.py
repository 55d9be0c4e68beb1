"""What a Draft still lacks before it is activated."""

from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.models import Campaign, Kind


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
            return "Activating needs at least one person who can be called."
        names = [item.label.lower() for item in self.missing]
        if not names:
            return "Everything is set. Activate it when the calls begin."
        listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
        return f"Can be activated. Still missing: {listed}."


def readiness(campaign: Campaign, *, people: int, callable_people: int, callers: int, goals: int) -> Readiness:
    has_dates = bool(campaign.starts_on and (campaign.ends_on or campaign.kind == Kind.COVERAGE))
    has_owner, has_brief = campaign.owner_id is not None, bool(campaign.brief)
    none_callable = "None of them can be called." if people else ""
    return Readiness(
        [
            Item("choose", "People", people > 0, f"{people:,} chosen" if people else "Choose them from the market."),
            Item(
                "members" if people else "choose",
                "Callable people",
                callable_people > 0,
                f"{callable_people:,} of {people:,}" if callable_people else none_callable,
                is_required=True,
            ),
            Item("starts_on", "Dates", has_dates, "" if has_dates else "Say when it starts and ends."),
            Item("owner", "Owner", has_owner, str(campaign.owner) if has_owner else "Say who answers for it."),
            Item("brief", "Brief", has_brief, "" if has_brief else "Callers read it before they dial."),
            Item("callers", "Callers", callers > 0, f"{callers:,}" if callers else "Say who calls."),
            Item("goals", "Goal", goals > 0, f"{goals:,} set" if goals else "Say what it should reach, and by when."),
        ]
    )
