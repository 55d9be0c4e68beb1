from django.urls import path

from calls.views import api, callback_decisions, callbacks, callers, calls, corrections, meetings, wrong_numbers

app_name = "calls"
urlpatterns = [
    path("", calls.call_list, name="list"),
    path("callers/", callers.caller_list, name="callers"),
    path("<int:pk>/", calls.call_detail, name="detail"),
    path("<int:pk>/void/", calls.call_void, name="void"),
    path("<int:pk>/undo/", calls.call_undo, name="undo"),
    path("<int:pk>/correct/", corrections.call_correct, name="correct"),
]
api_urls = ([path("calls/", api.call_report, name="calls")], "api")

callbacks_urls = (
    [
        path("", callbacks.callback_list, name="list"),
        path("kept/", callbacks.callback_counts, name="tallies"),
        path("decide/", callback_decisions.callbacks_decide, name="decide"),
        path("hand-over/<int:pk>/", callback_decisions.callbacks_hand_over, name="hand_over"),
    ],
    "callbacks",
)
meetings_urls = (
    [
        path("", meetings.meeting_list, name="list"),
        path("<int:pk>/", meetings.meeting_detail, name="detail"),
        path("<int:pk>/change/", meetings.meeting_change, name="change"),
        path("<int:pk>/meeting.ics", meetings.meeting_ics, name="ics"),
    ],
    "meetings",
)
repairs_urls = (
    [
        path("", wrong_numbers.repair_list, name="list"),
        path("<int:pk>/", wrong_numbers.repair_save, name="save"),
    ],
    "repairs",
)
