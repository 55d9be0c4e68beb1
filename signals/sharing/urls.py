from django.urls import path

from signals.sharing.views import links

app_name = "shared"
urlpatterns = [
    path("", links.link_list, name="list"),
    path("<int:pk>/revoke/", links.link_revoke, name="revoke"),
    path("markets/<int:pk>/new/", links.market_share, name="market"),
    path("reports/<int:pk>/new/", links.report_share, name="report"),
]
