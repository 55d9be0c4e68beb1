from django.urls import path

from campaigns.tasks import views

tasks_urls = (
    [
        path("", views.task_list, name="list"),
        path("new/", views.task_create, name="create"),
        path("<int:pk>/", views.task_edit, name="edit"),
        path("<int:pk>/done/", views.task_done, name="done"),
    ],
    "tasks",
)
