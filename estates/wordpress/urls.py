from django.urls import path

from estates.wordpress.views import plugins, replaying, sites, switching

app_name = "wordpress"
urlpatterns = [
    path("", sites.index, name="index"),
    path("add/", sites.add, name="add"),
    path("replay/<int:pk>/", replaying.replay, name="replay"),
    path("<int:pk>/", sites.detail, name="detail"),
    path("<int:pk>/change/", sites.change, name="change"),
    path("<int:pk>/remove/", sites.remove, name="remove"),
    path("<int:pk>/activate/", switching.activate, name="activate"),
    path("<int:pk>/deactivate/", switching.deactivate, name="deactivate"),
    path("<int:pk>/try-again/", switching.again, name="again"),
    path("<int:pk>/give-up/", switching.give_up, name="give_up"),
    path("<int:pk>/plugins/", plugins.index, name="plugins"),
    path("<int:pk>/plugins/look/", plugins.look, name="look_at_plugins"),
    path("<int:pk>/plugins/<int:plugin>/fetch/", plugins.fetch, name="fetch_plugin"),
    path("<int:pk>/plugins/<int:plugin>/download/", plugins.download, name="download_plugin"),
]
