from django.urls import path

from markets.off_limits import views

off_limits_urls = (
    [
        path("", views.off_limits_list, name="list"),
        path("new/", views.off_limits_create, name="create"),
        path("<int:pk>/lift/", views.off_limits_lift, name="lift"),
    ],
    "off_limits",
)
