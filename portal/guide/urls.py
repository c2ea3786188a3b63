"""Each chapter has a route of its own, so that a link to one that is gone is noticed."""

from django.urls import path

from portal.guide import views
from portal.guide.chapters import CHAPTERS

app_name = "guide"
urlpatterns = [
    path("", views.index, name="index"),
    *(
        path(f"{chapter.name}/", views.chapter, {"place": place}, name=chapter.name)
        for place, chapter in enumerate(CHAPTERS)
    ),
]
