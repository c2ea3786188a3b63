from django.urls import path

from estates.leads.views import forwarding, routing, sources

app_name = "leads"
urlpatterns = [
    path("<int:pk>/handling/", forwarding.handling, name="handling"),
    path("<int:pk>/forward/", forwarding.forward, name="forward"),
    path("<int:pk>/claim/", routing.claim, name="claim"),
    path("mails/", routing.mails, name="mails"),
    path("rules/", routing.rules, name="rules"),
    path("rules/add/", routing.add_rule, name="add_rule"),
    path("rules/<int:pk>/", routing.change_rule, name="change_rule"),
    path("rules/<int:pk>/move/", routing.move_rule, name="move_rule"),
    path("rules/<int:pk>/pause/", routing.pause_rule, name="pause_rule"),
    path("rules/<int:pk>/delete/", routing.delete_rule, name="delete_rule"),
    path("sources/", sources.index, name="sources"),
    path("sources/<int:pk>/", sources.detail, name="source"),
    path("sources/<int:pk>/fetch/", sources.fetch, name="fetch"),
    path("sources/<int:pk>/mode/", sources.mode, name="mode"),
    path("sources/<int:pk>/ledger/", sources.ledger, name="ledger"),
    path("sources/answers/<int:pk>/", sources.answer, name="answer"),
]
