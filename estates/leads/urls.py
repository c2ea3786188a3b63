from django.urls import path, re_path

from estates.leads.views import inbox, lead

app_name = "leads"
urlpatterns = [
    path("", inbox.index, name="index"),
    path("arrivals/", inbox.arrivals, name="arrivals"),
    path("bulk/", inbox.bulk, name="bulk"),
    re_path(r"^export\.(?P<extension>xlsx|csv)$", inbox.download, name="export"),
    path("searches/", inbox.save, name="save"),
    path("searches/<int:pk>/delete/", inbox.delete, name="delete"),
    path("hours/", inbox.hours, name="hours"),
    path("<int:pk>/", lead.detail, name="detail"),
    path("<int:pk>/state/", lead.set_state, name="set_state"),
    path("<int:pk>/assignee/", lead.assign, name="assign"),
    path("<int:pk>/notes/", lead.note, name="note"),
    path("<int:pk>/estates/", lead.candidates, name="candidates"),
    path("<int:pk>/estate/", lead.link, name="link"),
]
