from datetime import date
from typing import Any

from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Task
from config.ui.lists.columns import CellColumn, Column, KeyColumn
from config.ui.lists.tables import NextStep, Table


class TaskTable(Table):
    nouns = (pgettext_lazy("rows", "task"), pgettext_lazy("rows", "tasks"))
    empty = _("No tasks here. They are added here or on the page of a person or a campaign.")
    next_steps = (NextStep(_("New task"), "tasks:create", "can_call"),)

    title = CellColumn("tasks/cells/title.html", lead=True, verbose_name=_("Task"))
    contact = CellColumn("tasks/cells/about.html", sort="contact__full_name", verbose_name=_("About"))
    campaign = Column(visible=False)
    owner = Column(sort="owner__first_name")
    due_on = CellColumn("tasks/cells/due.html", verbose_name=_("Due"))
    done_at = CellColumn("tasks/cells/done.html", verbose_name=_("Done"))
    done_by = Column(visible=False)
    created_at = Column(visible=False)
    task_key = KeyColumn("pk", _("Task key"))

    class Meta(Table.Meta):
        model = Task
        fields = (*("title", "contact", "campaign", "owner", "due_on", "done_at", "done_by", "created_at", "task_key"),)
        row_attrs = {"data-row": lambda record: f"task:{record.pk}"}

    def __init__(self, *args: object, can_call: bool, today: date, **kwargs: Any):
        self.can_call, self.today = can_call, today
        super().__init__(*args, **kwargs)

    @property
    def csrf_token(self) -> str:
        return get_token(self.request)
