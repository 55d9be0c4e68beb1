from django.urls import path

from campaigns.notes import views

notes_urls = (
    [
        path("<int:pk>/", views.note_detail, name="detail"),
        path("<int:pk>/edit/", views.note_edit, name="edit"),
        path("<int:pk>/delete/", views.note_delete, name="delete"),
        path("contacts/<int:pk>/", views.contact_note, name="contact"),
        path("campaigns/<int:pk>/", views.campaign_note, name="campaign"),
    ],
    "notes",
)
mentions_urls = (
    [
        path("", views.mention_list, name="list"),
        path("read/", views.mentions_seen, name="seen"),
        path("mail/", views.mention_mail, name="mail"),
    ],
    "mentions",
)
