from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _

from campaigns.models import SharedLink
from config.ui.lists.columns import CellColumn, Column, ExportColumn
from config.ui.lists.tables import NextStep, Table


class SharedLinkTable(Table):
    nouns = (_("link"), _("links"))
    empty = _("No shared links yet. They are made on the page of a market or a report.")
    next_steps = (NextStep(_("Open markets"), "markets:list"),)

    label = CellColumn("shared/cells/label.html", lead=True, verbose_name=_("For whom"))
    thing = CellColumn("shared/cells/thing.html", accessor="pk", orderable=False, verbose_name=_("Shows"))
    state = CellColumn("shared/cells/state.html", sort="expires_at", verbose_name=_("State"))
    expires_at = CellColumn("shared/cells/until.html", verbose_name=_("Works until"))
    visit_count = CellColumn("shared/cells/visits.html", figure=True, verbose_name=_("Visits"))
    last_visit_at = CellColumn("cells/moment.html", verbose_name=_("Last visit"))
    created_by = Column(sort="created_by__email", verbose_name=_("Made by"))
    created_at = CellColumn("cells/moment.html", verbose_name=_("Made"))
    sections = ExportColumn("Sections", lambda link: ", ".join(link.sections))
    act = CellColumn(
        "shared/cells/revoke.html", accessor="pk", orderable=False, exclude_from_export=True, verbose_name=_("Revoke")
    )

    @property
    def csrf_token(self) -> str:
        return get_token(self.request)

    class Meta(Table.Meta):
        model = SharedLink
        fields = (
            *("label", "thing", "state", "expires_at", "visit_count", "last_visit_at"),
            *("created_by", "created_at", "sections", "act"),
        )
        row_attrs = {"data-row": lambda record: f"link:{record.pk}"}
