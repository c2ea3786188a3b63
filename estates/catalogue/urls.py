from django.urls import path, re_path

from estates.catalogue.views import estate, mirroring, searching

app_name = "catalogue"
urlpatterns = [
    path("", searching.search, name="search"),
    re_path(r"^export\.(?P<extension>xlsx|csv)$", searching.download, name="export"),
    path("set-apart/", mirroring.rejected, name="rejected"),
    path("searches/", searching.save, name="save"),
    path("searches/<int:pk>/", searching.rename, name="rename"),
    path("searches/<int:pk>/delete/", searching.delete, name="delete"),
    path("removals/<int:pk>/", mirroring.removal, name="removal"),
    path("syncs/", mirroring.syncs, name="syncs"),
    path("syncs/<int:pk>/interval/", mirroring.interval, name="interval"),
    path("sync/<int:pk>/", mirroring.sync, name="sync"),
    path("<int:pk>/", estate.detail, name="detail"),
    path("<int:pk>/address/", estate.set_public_url, name="set_public_url"),
    path("<int:pk>/replay/", estate.replay, name="replay"),
]
