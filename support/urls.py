from django.urls import path

from support.views import attachments, failure, tickets, writing

app_name = "support"
urlpatterns = [
    path("", tickets.index, name="index"),
    path("read/", tickets.read_all, name="read_all"),
    path("look/", tickets.look, name="look"),
    path("new/", writing.new, name="new"),
    path("new/about/<str:what>/<int:pk>/", failure.about, name="about"),
    path("draft/", writing.save_draft, name="save_draft"),
    path("draft/drop/", writing.drop_draft, name="drop_draft"),
    path("files/", attachments.upload, name="upload"),
    path("files/<int:pk>/", attachments.download, name="download"),
    path("files/<int:pk>/thumbnail/", attachments.thumbnail, name="thumbnail"),
    path("files/<int:pk>/remove/", attachments.remove, name="remove_file"),
    path("messages/<int:pk>/send-again/", writing.send_again, name="send_again"),
    path("messages/<int:pk>/arrived/", writing.arrived, name="arrived"),
    path("<int:pk>/", tickets.detail, name="detail"),
    path("<int:pk>/thread/", tickets.thread, name="thread"),
    path("<int:pk>/comment/", writing.comment, name="comment"),
    path("<int:pk>/draft/", writing.save_comment_draft, name="save_comment_draft"),
    path("<int:pk>/close/", writing.close, name="close"),
    path("<int:pk>/resume/", writing.resume, name="resume"),
    path("<int:pk>/read/", tickets.read, name="read"),
    path("<int:pk>/watch/", tickets.watch, name="watch"),
]
