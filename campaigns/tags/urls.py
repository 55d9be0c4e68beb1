from django.urls import path

from campaigns.tags import views

tags_urls = (
    [
        path("", views.tag_list, name="list"),
        path("<int:pk>/rename/", views.tag_rename, name="rename"),
        path("<int:pk>/delete/", views.tag_delete, name="delete"),
        path("contacts/<int:pk>/", views.contact_tags, name="contact"),
        path("campaigns/<int:pk>/", views.campaign_tags, name="campaign"),
    ],
    "tags",
)
