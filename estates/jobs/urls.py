from django.urls import path

from estates.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/try-again/", views.again, name="again"),
    path("<int:pk>/cancel/", views.stop, name="cancel"),
]
