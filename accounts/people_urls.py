"""What belongs to a person rather than to an agency."""

from django.urls import path

from accounts.views import agencies, invitations, mails, profile

urlpatterns = [
    path("agencies/", agencies.index, name="agencies"),
    path("new-agency/", agencies.new, name="new_agency"),
    path("invitations/<str:token>/", invitations.arrive, name="invitation"),
    path("account/profile/", profile.profile, name="profile"),
    path("account/mails/", mails.index, name="mails"),
    path("mails/<str:token>/", mails.stop, name="stop_mails"),
]
