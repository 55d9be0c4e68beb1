from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.i18n import set_language

from calls.calendar_feed.views import calendar, calendar_link
from calls.urls import api_urls, callbacks_urls, meetings_urls, repairs_urls
from calls.views.queue import queue_list
from campaigns.bulk.urls import selection_urls
from campaigns.notes.urls import mentions_urls, notes_urls
from campaigns.tags.urls import tags_urls
from campaigns.tasks.urls import tasks_urls
from campaigns.urls import audiences_urls
from campaigns.viewing.urls import views_urls
from config.api import urls as api_v1_urls
from config.api_docs import api_docs, api_document
from config.http.security_txt import security_txt
from markets.accounts.views import own_name, own_sessions
from markets.api.responses import no_such_endpoint
from markets.audit.views import audit_list
from markets.lifecycle.views import workspace_archive, workspace_bring_back, workspace_delete, workspace_keep
from markets.off_limits.urls import off_limits_urls
from markets.palette.views import search
from markets.urls import contacts_urls, imports_urls, markets_urls, suppressions_urls
from markets.views import home, invitations, retention, settings, team, tokens
from markets.views.sample_data import sample_data
from markets.views.unsubscribe import unsubscribe
from markets.webhooks.urls import webhook_urls
from signals.portability.views import workspace_export_file, workspace_exports
from signals.sharing.views.shared_page import shared_page

handler429 = "config.errors.too_many_requests"  # for allauth
handler500 = "config.errors.failed"

workspace_urls: list[URLPattern | URLResolver] = [
    path("", home.dashboard, name="dashboard"),
    path("sample-data/", sample_data, name="sample_data"),
    path("first-steps/", home.first_steps_hide, name="first_steps"),
    path("search/", search, name="search"),
    path("review/", home.review, name="review"),
    path("review/mail/", home.weekly_mail, name="weekly_mail"),
    path("markets/", include(markets_urls)),
    path("contacts/", include(contacts_urls)),
    path("imports/", include(imports_urls)),
    path("suppressions/", include(suppressions_urls)),
    path("off-limits/", include(off_limits_urls)),
    path("tags/", include(tags_urls)),
    path("notes/", include(notes_urls)),
    path("mentions/", include(mentions_urls)),
    path("tasks/", include(tasks_urls)),
    path("campaigns/", include("campaigns.urls")),
    path("audiences/", include(audiences_urls)),
    path("views/", include(views_urls)),
    path("selection/", include(selection_urls)),
    path("calls/", include("calls.urls")),
    path("queue/", queue_list, name="queue"),
    path("callbacks/", include(callbacks_urls)),
    path("meetings/", include(meetings_urls)),
    path("calendar/", calendar_link, name="calendar_link"),
    path("repairs/", include(repairs_urls)),
    path("signals/", include("signals.urls")),
    path("api/", include(api_urls)),
    path("shared/", include("signals.sharing.urls")),
    path("webhooks/", include(webhook_urls)),
    path("audit/", audit_list, name="audit"),
    path("settings/", settings.settings, name="settings"),
    path("settings/archive/", workspace_archive, name="archive"),
    path("settings/archive/bring-back/", workspace_bring_back, name="archive_bring_back"),
    path("settings/archive/delete/", workspace_delete, name="archive_delete"),
    path("settings/archive/keep/", workspace_keep, name="archive_keep"),
    path("settings/retention/", retention.retention, name="retention"),
    path("settings/export/", workspace_exports, name="workspace_exports"),
    path("settings/export/<int:pk>/", workspace_export_file, name="workspace_export_file"),
    path("settings/period/", settings.default_period, name="settings_period"),
    path("settings/second-factor/", settings.second_factor_rule, name="settings_second_factor"),
    path("settings/tokens/", tokens.token_list, name="tokens"),
    path("settings/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("team/", team.team, name="team"),
    path("team/<int:pk>/role/", team.member_role, name="team_role"),
    path("team/<int:pk>/remove/", team.member_remove, name="team_remove"),
    path("team/invitations/<int:pk>/revoke/", team.invitation_revoke, name="invitation_revoke"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("w/<slug:slug>/", include(workspace_urls)),
    path("w/<slug:slug>/api/v1/", api_v1_urls),
    re_path(r"^w/[-\w]+/api/v1/", no_such_endpoint, name="api_missing"),
    path("accounts/language/", set_language, name="set_language"),
    path("accounts/name/", own_name, name="account_name"),
    path("accounts/sessions/", own_sessions, name="account_sessions"),
    path("accounts/", include("allauth.urls")),
    path("s/<str:token>/", shared_page, name="shared_page"),
    path("calendar/<str:token>.ics", calendar, name="calendar"),
    path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("api/docs", api_docs, name="api_docs"),
    path("api/openapi.json", api_document, name="api_document"),
    path("admin/", admin.site.urls),
    path(".well-known/security.txt", security_txt, name="security_txt"),
]
