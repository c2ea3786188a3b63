from django.urls import path, re_path

from estates.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.search, name="search"),
    re_path(r"^export\.(?P<extension>xlsx|csv)$", views.download, name="export"),
    path("set-apart/", views.rejected, name="rejected"),
    path("searches/", views.save, name="save"),
    path("searches/<int:pk>/", views.rename, name="rename"),
    path("searches/<int:pk>/delete/", views.delete, name="delete"),
    path("removals/<int:pk>/", views.removal, name="removal"),
    path("sync/<int:pk>/", views.sync, name="sync"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/address/", views.set_public_url, name="set_public_url"),
    path("<int:pk>/replay/", views.replay, name="replay"),
]
