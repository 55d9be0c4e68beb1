from django.urls import path

from campaigns.bulk.views import pages
from campaigns.bulk.views.kinds import KINDS

selection_urls = (
    [
        path("", pages.selection_change, name="change"),
        path("actions/", pages.action_list, name="actions"),
        path("actions/<int:pk>/undo/", pages.action_undo, name="undo"),
        *(
            path(
                f"{kind.name.replace('_', '-')}/",
                pages.manager_action if kind.for_managers else pages.caller_action,
                {"kind": kind.name},
                name=kind.name,
            )
            for kind in KINDS.values()
        ),
    ],
    "selection",
)
