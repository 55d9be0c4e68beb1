from typing import Any

from django.middleware.csrf import get_token

from config.ui.lists.columns import CellColumn, Column, KeyColumn
from config.ui.lists.tables import NextStep, Table
from markets.models import Tag


class TagTable(Table):
    nouns = ("tag", "tags")
    empty = "No tags yet. They are added on the page of a person or a campaign."
    next_steps = (NextStep("Open contacts", "contacts:list"), NextStep("Open campaigns", "campaigns:list"))

    name = Column(lead=True, verbose_name="Tag")
    people = CellColumn("tags/cells/people.html", figure=True)
    campaigns = CellColumn("tags/cells/campaigns.html", figure=True)
    created_at = CellColumn("cells/moment.html", verbose_name="Since")
    created_by = Column(orderable=False, verbose_name="By")
    act = CellColumn(
        "tags/cells/act.html", accessor="pk", orderable=False, exclude_from_export=True, verbose_name="Change"
    )
    tag_key = KeyColumn("pk", "Tag key")

    class Meta(Table.Meta):
        model = Tag
        fields = ("name", "people", "campaigns", "created_at", "created_by", "act", "tag_key")
        row_attrs = {"data-row": lambda record: f"tag:{record.pk}"}

    def __init__(self, *args: object, can_manage: bool, **kwargs: Any):
        super().__init__(*args, **kwargs, exclude=[] if can_manage else ["act"])

    @property
    def csrf_token(self) -> str:
        return get_token(self.request)
