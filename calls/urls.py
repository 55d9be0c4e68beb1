from django.urls import path

from calls.views import api, calls

app_name = "calls"
urlpatterns = [
    path("", calls.call_list, name="list"),
    path("<int:pk>/", calls.call_detail, name="detail"),
    path("<int:pk>/void/", calls.call_void, name="void"),
]
api_urls = ([path("calls/", api.call_report, name="calls")], "api")
