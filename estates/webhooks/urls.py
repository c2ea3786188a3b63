"""Below `/agencies/<slug>/settings/webhooks/`."""

from django.urls import path

from estates.webhooks.views import log, subscriptions

app_name = "partner_webhooks"
urlpatterns = [
    path("", subscriptions.index, name="index"),
    path("add/", subscriptions.add, name="add"),
    path("<int:pk>/", log.detail, name="detail"),
    path("<int:pk>/change/", subscriptions.change, name="change"),
    path("<int:pk>/secret/", subscriptions.renew_secret, name="renew_secret"),
    path("<int:pk>/switch-on/", subscriptions.switch_on, name="switch_on"),
    path("<int:pk>/remove/", subscriptions.remove, name="remove"),
    path("<int:pk>/test/", log.test, name="test"),
    path("<int:pk>/replay/", log.replay, name="replay"),
    path("<int:pk>/send-waiting/", log.send_waiting, name="send_waiting"),
    path("messages/<int:pk>/", log.message, name="message"),
    path("messages/<int:pk>/arrival/", log.arrival, name="arrival"),
    path("messages/<int:pk>/again/", log.again, name="again"),
]
