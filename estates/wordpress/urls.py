from django.urls import path

from estates.wordpress.views import addresses, health, publication, replaying, sites, switching

app_name = "wordpress"
urlpatterns = [
    path("", sites.index, name="index"),
    path("add/", sites.add, name="add"),
    path("replay/<int:pk>/", replaying.replay, name="replay"),
    path("estates/<int:pk>/proof/", publication.proof_of, name="proof_of"),
    path("estates/<int:pk>/proof/now/", publication.prove, name="prove"),
    path("elsewhere/", publication.elsewhere, name="elsewhere"),
    path("addresses/<int:pk>/accept/", addresses.accept, name="accept_address"),
    path("addresses/<int:pk>/dismiss/", addresses.dismiss, name="dismiss_address"),
    path("<int:pk>/publication/", publication.publication, name="publication"),
    path("<int:pk>/publication/now/", publication.prove_all, name="prove_all"),
    path("<int:pk>/addresses/", addresses.addresses, name="addresses"),
    path("<int:pk>/addresses/find/", addresses.find, name="find_addresses"),
    path("<int:pk>/addresses/accept/", addresses.accept_all, name="accept_addresses"),
    path("<int:pk>/", sites.detail, name="detail"),
    path("<int:pk>/change/", sites.change, name="change"),
    path("<int:pk>/remove/", sites.remove, name="remove"),
    path("<int:pk>/activate/", switching.activate, name="activate"),
    path("<int:pk>/deactivate/", switching.deactivate, name="deactivate"),
    path("<int:pk>/try-again/", switching.again, name="again"),
    path("<int:pk>/give-up/", switching.give_up, name="give_up"),
    path("<int:pk>/look/", health.look, name="look"),
]
