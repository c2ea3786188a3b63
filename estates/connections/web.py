from django.conf import settings

from estates.remotes.origins import read_addresses
from estates.remotes.web import WebClient


def web_client() -> WebClient:
    """Reads pages and pictures of the web: nothing but public addresses, and those that an operator named.

    To be closed, or used in a `with` block.
    """
    return WebClient(
        f"Passerelle/1.0 (+{settings.PUBLIC_URL})",
        addresses=read_addresses(settings.SITE_ADDRESSES),
        ca_file=settings.SITE_CA_FILE,
    )
