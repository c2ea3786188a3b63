"""For those who write software against the partner API. Anybody may read it, as the API's own document."""

from django.urls import path

from portal.developers import views

app_name = "developers"
urlpatterns = [
    path("", views.start, name="start"),
    path("api/", views.reference, name="reference"),
]
