"""The agencies' public WordPress websites, as visitors and health checks see them, by Host on two ports."""

from portal.sandbox.websites.system import Websites

__all__ = ["Websites"]
