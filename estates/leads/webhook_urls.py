from django.urls import path

from estates.leads.views import webhooks

app_name = "webhooks"
urlpatterns = [path("aviv/<slug:opaque>/", webhooks.aviv, name="aviv")]
