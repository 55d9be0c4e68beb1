from django.urls import path

from calls.views.call_form import call_create, campaign_next, member_hold, member_skip
from calls.views.performance import campaign_performance
from calls.views.queue import campaign_queue
from campaigns.views import (
    audiences,
    callers,
    campaigns,
    choosing,
    compare,
    follow_up,
    living,
    living_rule,
    members,
    planning,
    status,
    templates,
)
from signals.campaign_feed.views import campaign_feed
from signals.views import reports

app_name = "campaigns"
urlpatterns = [
    path("", campaigns.campaign_list, name="list"),
    path("compare/", compare.campaign_compare, name="compare"),
    path("new/", campaigns.campaign_create, name="create"),
    path("<int:pk>/", campaigns.campaign_detail, name="detail"),
    path("<int:pk>/performance/", campaign_performance, name="performance"),
    path("<int:pk>/report/", reports.campaign_report, name="report"),
    path("<int:pk>/report/freeze/", reports.report_freeze, name="report_freeze"),
    path("<int:pk>/report/<int:version>/", reports.campaign_report, name="report_version"),
    path("<int:pk>/goals/", planning.campaign_goals, name="goals"),
    path("<int:pk>/copy/", planning.campaign_copy, name="copy"),
    path("<int:pk>/template/", planning.campaign_template, name="save_template"),
    path("templates/", templates.template_list, name="templates"),
    path("templates/new/", templates.template_create, name="template_create"),
    path("templates/<int:pk>/", templates.template_edit, name="template"),
    path("templates/<int:pk>/delete/", templates.template_delete, name="template_delete"),
    path("<int:pk>/edit/", campaigns.campaign_edit, name="edit"),
    path("status/", status.status_of_many, name="bulk_status"),
    path("<int:pk>/status/", status.campaign_status, name="status"),
    path("<int:pk>/delete/", campaigns.campaign_delete, name="delete"),
    path("<int:pk>/follow-up/", follow_up.follow_up, name="follow_up"),
    path("<int:pk>/audience/", living.audience, name="audience"),
    path("<int:pk>/audience/rule/", living.audience_rule, name="audience_rule"),
    path("<int:pk>/audience/edit/", living_rule.audience_edit, name="audience_edit"),
    path("<int:pk>/audience/check/", living.audience_check, name="audience_check"),
    path("<int:pk>/audience/decide/", living.audience_decide, name="audience_decide"),
    path("<int:pk>/contacts/", members.campaign_members, name="members"),
    path("<int:pk>/contacts/add/", choosing.members_choose, name="choose"),
    path("<int:pk>/contacts/add/ticks/", choosing.members_tick, name="tick"),
    path("<int:pk>/contacts/spread/", callers.members_spread, name="spread"),
    path("<int:pk>/callers/", callers.campaign_callers, name="callers"),
    path("<int:pk>/callers/priority/", callers.campaign_priority, name="priority"),
    path("<int:pk>/callers/<int:user>/remove/", callers.caller_remove, name="remove_caller"),
    path("<int:pk>/contacts/<int:contact>/call/", call_create, name="call"),
    path("<int:pk>/contacts/<int:contact>/skip/", member_skip, name="skip"),
    path("<int:pk>/contacts/<int:contact>/hold/", member_hold, name="hold"),
    path("<int:pk>/feed/", campaign_feed, name="feed"),
    path("<int:pk>/next/", campaign_next, name="next"),
    path("<int:pk>/queue/", campaign_queue, name="queue"),
]
audiences_urls = (
    [
        path("", audiences.audience_list, name="list"),
        path("new/", audiences.audience_create, name="create"),
        path("find/", audiences.audience_explore, name="explore"),
        path("draft/", audiences.rule_draft, name="draft"),
        path("<int:pk>/", audiences.audience_edit, name="edit"),
        path("<int:pk>/count/", audiences.audience_count, name="count"),
        path("<int:pk>/delete/", audiences.audience_delete, name="delete"),
    ],
    "audiences",
)
