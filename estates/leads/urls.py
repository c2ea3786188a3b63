from django.urls import path, re_path

from estates.leads.views import erasure, inbox, lead, people

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
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/merge/", people.merge, name="merge"),
    path("people/<int:pk>/split/", people.split, name="split"),
    path("people/<int:pk>/keep-apart/", people.keep_apart, name="keep_apart"),
    path("people/<int:pk>/held/", people.held_page, name="held"),
    path("people/<int:pk>/held.json", people.held_file, name="held_file"),
    path("people/<int:pk>/erase/", erasure.erase, name="erase"),
    path("people/changes/<int:pk>/undo/", people.undo, name="undo"),
    path("data-protection/", erasure.erasures, name="erasures"),
    path("data-protection/<int:pk>/", erasure.erasure, name="erasure"),
    path("data-protection/retention/", erasure.set_retention, name="set_retention"),
    path("data-protection/silent/", erasure.silent, name="silent"),
]
