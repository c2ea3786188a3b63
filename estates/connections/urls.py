from django.urls import path

from estates.connections import views

app_name = "connections"
urlpatterns = [
    path("", views.index, name="index"),
    path("add/", views.add, name="add"),
    path("<int:pk>/", views.card, name="card"),
    path("<int:pk>/rename/", views.rename, name="rename"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/remove/", views.remove, name="remove"),
    path("<int:pk>/replace/", views.replace, name="replace"),
    path("<int:pk>/replacement/use/", views.use, name="use"),
    path("<int:pk>/replacement/drop/", views.drop, name="drop"),
]
