from functools import cached_property

from django.utils.translation import gettext as _

from campaigns.audience.sentences import full_day
from markets.models import CustomField, Workspace


class Names:
    """The things that rules of a workspace can name, by id. Each kind is queried once, when it is first needed."""

    def __init__(self, workspace: Workspace):
        self.workspace = workspace

    @cached_property
    def campaigns(self) -> dict[int, str]:
        """With their markets: “Market validation · M&A -- New York”."""
        rows = self.workspace.campaigns.order_by().values_list("pk", "name", "market__name")
        return {pk: f"{name} · {market}" for pk, name, market in rows}

    @cached_property
    def markets(self) -> dict[int, str]:
        return dict(self.workspace.markets.order_by().values_list("pk", "name"))

    @cached_property
    def tags(self) -> dict[int, str]:
        return dict(self.workspace.tags.order_by().values_list("pk", "name"))

    @cached_property
    def imports(self) -> dict[int, str]:
        rows = self.workspace.imports.order_by().values_list("pk", "file_name", "created_at")
        return {
            pk: _("%(name)s of %(day)s") % {"name": name, "day": full_day(self.workspace.day_of(created))}
            for pk, name, created in rows
        }

    @cached_property
    def custom_fields(self) -> dict[str, CustomField]:
        """By key, without those that ops hide."""
        return {field.key: field for field in self.workspace.custom_fields.shown()}
