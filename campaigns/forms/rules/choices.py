"""What can be chosen in a condition: always rows and words of the workspace. Each list is fetched when it is shown."""

from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext

from calls.models.meetings import MeetingStatus
from campaigns.dispositions import Disposition
from config.ui.formats import day
from markets.custom_fields.shown import shown_fields
from markets.models import CustomField, ImportKind, Workspace
from signals.capture.vocabulary import VALUES, SignalType
from signals.models import FRESHNESS

type Choices = list[tuple[str, str | Promise]]

MAX_SUGGESTIONS = 400
MAX_IMPORTS = 200


class RuleChoices:
    outcomes: Choices = list(Disposition.choices)
    signal_types: Choices = list(SignalType.choices)

    def __init__(self, workspace: Workspace):
        self.workspace = workspace
        self._texts: dict[str, list[str]] = {}

    @property
    def meeting_statuses(self) -> Choices:
        return [(value, str(label)) for value, label in MeetingStatus.choices]

    @property
    def freshness(self) -> Choices:
        return [(each, gettext(each.capitalize())) for each in FRESHNESS]

    @cached_property
    def markets(self) -> Choices:
        return [(str(pk), name) for pk, name in self.workspace.markets.values_list("pk", "name")]

    @cached_property
    def campaigns(self) -> Choices:
        rows = self.workspace.campaigns.order_by("market__name", "name", "pk")
        return [(str(pk), f"{name} · {market}") for pk, name, market in rows.values_list("pk", "name", "market__name")]

    @cached_property
    def tags(self) -> Choices:
        return [(str(pk), name) for pk, name in self.workspace.tags.values_list("pk", "name")]

    @cached_property
    def imports(self) -> Choices:
        jobs = self.workspace.imports.filter(kind=ImportKind.PEOPLE).order_by("-created_at", "-pk")[:MAX_IMPORTS]
        return [
            (str(pk), f"{name}, {day(self.workspace.day_of(at))}")
            for pk, name, at in jobs.values_list("pk", "file_name", "created_at")
        ]

    @cached_property
    def custom_fields(self) -> dict[str, CustomField]:
        return {field.key: field for field in shown_fields(self.workspace)}

    def signal_values(self, signal_type: str) -> Choices:
        return [(value, gettext(value)) for value in VALUES.get(signal_type, [])]

    def texts(self, field: str) -> list[str]:
        """Values of a text field to suggest while one types."""
        if field not in self._texts:
            rows = self.workspace.contacts.exclude(**{field: ""}).order_by(field)
            self._texts[field] = list(rows.values_list(field, flat=True).distinct()[:MAX_SUGGESTIONS])
        return self._texts[field]
