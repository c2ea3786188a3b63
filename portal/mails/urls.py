"""Below `/operator/mails/`: for operators only."""

from django.urls import path

from portal.mails import views

app_name = "operator_mails"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:name>/", views.detail, name="detail"),
    path("<slug:name>/<slug:language>.html", views.page, name="page"),
]
