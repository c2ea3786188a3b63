from django.urls import path

from estates.leads.views import aviv

app_name = "leads"
urlpatterns = [
    path("sources/<int:pk>/aviv/", aviv.page, name="aviv"),
    path("sources/<int:pk>/aviv/fetch/", aviv.fetch, name="aviv_fetch"),
    path("sources/<int:pk>/aviv/import/", aviv.start_older, name="aviv_import"),
    path("sources/<int:pk>/aviv/subscribe/", aviv.subscribe, name="aviv_subscribe"),
    path("sources/<int:pk>/aviv/create/", aviv.create, name="aviv_create"),
    path("sources/aviv/subscriptions/<int:pk>/", aviv.want, name="aviv_want"),
    path("sources/aviv/sent/<int:pk>/", aviv.decide, name="aviv_decide"),
]
