from typing import Any

from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _

from config.ui.lists.columns import CellColumn, Column, KeyColumn
from config.ui.lists.tables import NextStep, Table
from markets.models import OffLimits


class OffLimitsTable(Table):
    nouns = (_("entry"), _("entries"))
    empty = _("No one is off-limits. A firm is added here, a person on their page.")
    next_steps = (NextStep(_("Add a firm"), "off_limits:create", "can_call"),)

    whom = CellColumn("off_limits/cells/whom.html", accessor="whom", sort="firm_key", lead=True, verbose_name=_("Whom"))
    people = CellColumn(
        "off_limits/cells/people.html",
        accessor="pk",
        figure=True,
        orderable=False,
        exclude_from_export=True,
        verbose_name=_("People"),
    )
    reason = Column()
    requested_by = Column(verbose_name=_("Asked by"))
    last_day = CellColumn(
        "off_limits/cells/until.html", accessor="last_day", sort="expires_at", verbose_name=_("Until")
    )
    created_at = CellColumn("cells/moment.html", verbose_name=_("Since"))
    created_by = Column(orderable=False, verbose_name=_("By"))
    state = CellColumn("off_limits/cells/state.html", accessor="state", sort="lifted_at", verbose_name=_("State"))
    lifted_at = Column(visible=False)
    lift_reason = Column(visible=False)
    entry_key = KeyColumn("pk", "Entry key")

    class Meta(Table.Meta):
        model = OffLimits
        fields = (
            *("whom", "people", "reason", "requested_by", "last_day", "created_at", "created_by", "state"),
            *("lifted_at", "lift_reason", "entry_key"),
        )
        row_attrs = {"data-row": lambda record: f"off_limits:{record.pk}"}

    def __init__(self, *args: object, can_lift: bool, **kwargs: Any):
        self.can_lift = can_lift
        super().__init__(*args, **kwargs)

    @property
    def csrf_token(self) -> str:
        return get_token(self.request)
