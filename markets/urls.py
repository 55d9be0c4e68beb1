from django.urls import path

from markets.views import contact_edits, contact_export, contacts, decisions, duplicates, markets, suppressions
from markets.views.imports import drafts as import_drafts
from markets.views.imports import jobs as imports
from markets.views.imports import presets as import_presets

markets_urls = (
    [
        path("", markets.market_list, name="list"),
        path("new/", markets.market_create, name="create"),
        path("<int:pk>/", markets.market_detail, name="detail"),
        path("<int:pk>/signals/", markets.market_signals, name="signals"),
        path("<int:pk>/edit/", markets.market_edit, name="edit"),
        path("<int:pk>/contacts/", markets.market_landscape, name="landscape"),
    ],
    "markets",
)
contacts_urls = (
    [
        path("", contacts.contact_list, name="list"),
        path("new/", contacts.contact_create, name="create"),
        path("<int:pk>/", contacts.contact_detail, name="detail"),
        path("<int:pk>/history/", contacts.contact_history, name="history"),
        path("<int:pk>/all/", contact_export.contact_export, name="all"),
        path("<int:pk>/edit/", contacts.contact_edit, name="edit"),
        path("<int:pk>/quick/", contact_edits.contact_quick_edit, name="quick_edit"),
        path("<int:pk>/repair/", contacts.contact_repair, name="repair"),
        path("<int:pk>/suppress/", contacts.contact_suppress, name="suppress"),
        path("duplicates/", duplicates.duplicate_list, name="duplicates"),
        path("duplicates/<int:one>/<int:other>/", duplicates.duplicate_compare, name="duplicate"),
        path("duplicates/<int:one>/<int:other>/merge/", duplicates.contact_merge, name="merge"),
        path("duplicates/<int:one>/<int:other>/apart/", duplicates.contacts_set_apart, name="set_apart"),
        path("merges/", duplicates.merge_list, name="merges"),
    ],
    "contacts",
)
suppressions_urls = (
    [
        path("", suppressions.suppression_list, name="list"),
        path("new/", suppressions.suppression_create, name="create"),
        path("<int:pk>/lift/", suppressions.suppression_lift, name="lift"),
    ],
    "suppressions",
)
imports_urls = (
    [
        path("", imports.import_list, name="list"),
        path("new/", import_drafts.import_create, name="create"),
        path("decisions/", decisions.decision_list, name="decisions"),
        path("decisions/<int:pk>/", decisions.decision_save, name="decide"),
        path("<int:pk>/", imports.import_detail, name="detail"),
        path("<int:pk>/map/", import_drafts.import_map, name="map"),
        path("<int:pk>/reread/", import_drafts.import_reread, name="reread"),
        path("<int:pk>/start/", imports.import_start, name="start"),
        path("<int:pk>/stop/", imports.import_stop, name="stop"),
        path("<int:pk>/undo/", imports.import_undo, name="undo"),
        path("<int:pk>/discard/", imports.import_discard, name="discard"),
        path("<int:pk>/rejects/", imports.import_rejects, name="rejects"),
        path("<int:pk>/notes/", imports.import_notes, name="notes"),
        path("presets/", import_presets.preset_list, name="presets"),
        path("presets/new/", import_presets.preset_upload, name="preset_upload"),
        path("presets/<int:pk>/", import_presets.preset_edit, name="preset"),
        path("presets/<int:pk>/file/", import_presets.preset_download, name="preset_file"),
    ],
    "imports",
)
