"""The admin site: Django's, and the pages that look across all rooms."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path

from portal.impersonation.views import begin as impersonate
from portal.operators import operations


class OperatorSite(admin.AdminSite):
    """Each page asks for the permission that the list behind it asks for."""

    site_header = site_title = "Passerelle"

    def get_urls(self) -> list[URLResolver | URLPattern]:
        own = [
            path("operations/", self.admin_view(operations.page), name="operations"),
            path("agencies/<int:pk>/", self.admin_view(operations.agency), name="agency_overview"),
            path("impersonate/<int:pk>/", self.admin_view(impersonate), name="impersonate"),
            path(
                "operations/failures/<int:pk>/", self.admin_view(operations.again), name="try_failures_again"
            ),
        ]
        return [*own, *super().get_urls()]
