from django.urls import path

from campaigns.viewing import views

views_urls = (
    [
        path("", views.view_list, name="manage"),
        path("save/", views.view_save, name="save"),
        path("<int:pk>/", views.view_change, name="change"),
    ],
    "views",
)
