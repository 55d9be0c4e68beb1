from django.urls import path

from markets.webhooks import views

webhook_urls = (
    [
        path("", views.webhook_list, name="list"),
        path("new/", views.webhook_create, name="create"),
        path("<int:pk>/", views.webhook_detail, name="detail"),
        path("<int:pk>/edit/", views.webhook_edit, name="edit"),
        path("<int:pk>/switch/", views.webhook_switch, name="switch"),
        path("<int:pk>/delete/", views.webhook_delete, name="delete"),
        path("<int:pk>/secret/", views.webhook_rotate, name="rotate"),
        path("<int:pk>/test/", views.webhook_test, name="test"),
        path("<int:pk>/replay/", views.webhook_replay, name="replay"),
    ],
    "webhooks",
)
