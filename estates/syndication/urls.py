from django.urls import path

from estates.syndication.views import board, incoming, listings, outgoing, rules

app_name = "syndication"
urlpatterns = [
    path("", board.index, name="index"),
    path("seeki/<int:pk>/rules/", rules.rules, name="rules"),
    path("plans/<int:pk>/", board.plan, name="plan"),
    path("plans/<int:pk>/switch/", rules.switch, name="switch"),
    path("plans/<int:pk>/look/", board.look, name="look"),
    path("plans/<int:pk>/listings/", listings.index, name="listings"),
    path("listings/<int:pk>/", listings.detail, name="listing"),
    path("listings/<int:pk>/hand/", listings.hand, name="hand"),
    path("listings/<int:pk>/send/", listings.send, name="send"),
    path("estates/<int:pk>/", listings.of_estate, name="of_estate"),
    path("estates/<int:pk>/hand/", listings.estate_hand, name="estate_hand"),
    path("feeds/", incoming.index, name="feeds"),
    path("feeds/upload/", incoming.upload, name="upload"),
    path("feeds/<int:pk>/", incoming.detail, name="feed"),
    path("feeds/<int:pk>/send/", incoming.send, name="send_feed"),
    path("feeds/<int:pk>/drop/", incoming.drop, name="drop_feed"),
    path("feeds/<int:pk>/removal/", incoming.removal, name="removal"),
    path("outlets/", outgoing.index, name="outlets"),
    path("outlets/add/", outgoing.add, name="add_outlet"),
    path("outlets/<int:pk>/", outgoing.change, name="outlet"),
    path("outlets/<int:pk>/renew/", outgoing.renew, name="renew_outlet"),
    path("outlets/<int:pk>/delete/", outgoing.delete, name="delete_outlet"),
    path("outlets/<int:pk>/build/", outgoing.build, name="build_outlet"),
    path("export/<str:format>/", outgoing.export, name="export"),
]
