from django.urls import path

from signals.views import signals as views

app_name = "signals"
urlpatterns = [
    path("", views.signal_list, name="list"),
    path("rules/", views.rule_list, name="rules"),
    path("suggestions/", views.suggestion_list, name="suggestions"),
    path("suggestions/<int:pk>/", views.suggestion_decide, name="decide"),
    path("<int:pk>/correct/", views.signal_correct, name="correct"),
]
