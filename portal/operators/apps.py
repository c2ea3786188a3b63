from django.contrib.admin.apps import AdminConfig


class OperatorsConfig(AdminConfig):
    """The admin, with the operators' own pages in it."""

    default_site = "portal.operators.site.OperatorSite"
