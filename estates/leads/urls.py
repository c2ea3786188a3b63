from django.urls import path

from estates.leads.views import forwarding, sources

app_name = "leads"
urlpatterns = [
    path("<int:pk>/handling/", forwarding.handling, name="handling"),
    path("<int:pk>/forward/", forwarding.forward, name="forward"),
    path("sources/", sources.index, name="sources"),
    path("sources/<int:pk>/", sources.detail, name="source"),
    path("sources/<int:pk>/fetch/", sources.fetch, name="fetch"),
    path("sources/<int:pk>/mode/", sources.mode, name="mode"),
    path("sources/<int:pk>/ledger/", sources.ledger, name="ledger"),
    path("sources/answers/<int:pk>/", sources.answer, name="answer"),
]
