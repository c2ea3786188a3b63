"""Below `/agencies/<slug>/settings/`."""

from django.urls import path

from accounts.views import agencies, invitations, members, partner_keys, trail

app_name = "accounts"
urlpatterns = [
    path("", agencies.settings, name="settings"),
    path("members/", members.index, name="members"),
    path("members/leave/", members.leave, name="leave"),
    path("members/<int:pk>/role/", members.change_role, name="change_role"),
    path("members/<int:pk>/remove/", members.remove, name="remove_member"),
    path("members/<int:pk>/owner/", members.transfer, name="transfer_ownership"),
    path("invitations/", invitations.invite, name="invite"),
    path("invitations/<int:pk>/resend/", invitations.resend, name="resend_invitation"),
    path("invitations/<int:pk>/revoke/", invitations.revoke, name="revoke_invitation"),
    path("partner-keys/", partner_keys.index, name="partner_keys"),
    path("partner-keys/add/", partner_keys.add, name="add_partner_key"),
    path("partner-keys/<int:pk>/renew/", partner_keys.renew, name="renew_partner_key"),
    path("partner-keys/<int:pk>/revoke/", partner_keys.revoke, name="revoke_partner_key"),
    path("trail/", trail.index, name="trail"),
    path("trail/check/", trail.check, name="check_trail"),
]
