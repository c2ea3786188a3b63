from django.urls import path

from estates.syndication.views import outgoing

app_name = "outlets"
urlpatterns = [
    path("<str:token>/<path:name>", outgoing.fetch, name="fetch"),
]
