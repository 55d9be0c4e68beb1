from typing import Any

from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.ui.lists.columns import CellColumn, Column, KeyColumn
from config.ui.lists.tables import NextStep, Table
from markets.models import Tag


class TagTable(Table):
    nouns = (pgettext_lazy("rows", "tag"), pgettext_lazy("rows", "tags"))
    empty = _("No tags yet. They are added on the page of a person or a campaign.")
    next_steps = (NextStep(_("Open contacts"), "contacts:list"), NextStep(_("Open campaigns"), "campaigns:list"))

    name = Column(lead=True, verbose_name=_("Tag"))
    people = CellColumn("tags/cells/people.html", figure=True, verbose_name=_("People"))
    campaigns = CellColumn("tags/cells/campaigns.html", figure=True, verbose_name=_("Campaigns"))
    created_at = CellColumn("cells/moment.html", verbose_name=_("Since"))
    created_by = Column(orderable=False, verbose_name=_("By"))
    act = CellColumn(
        "tags/cells/act.html", accessor="pk", orderable=False, exclude_from_export=True, verbose_name=_("Change")
    )
    tag_key = KeyColumn("pk", _("Tag key"))

    class Meta(Table.Meta):
        model = Tag
        fields = ("name", "people", "campaigns", "created_at", "created_by", "act", "tag_key")
        row_attrs = {"data-row": lambda record: f"tag:{record.pk}"}

    def __init__(self, *args: object, can_manage: bool, **kwargs: Any):
        super().__init__(*args, **kwargs, exclude=[] if can_manage else ["act"])

    @property
    def csrf_token(self) -> str:
        return get_token(self.request)
