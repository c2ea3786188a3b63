"""AVIV Seeker Leads, simulated from its published pages: eight operations in two environments, and a token."""

from portal.sandbox.aviv.system import Aviv

__all__ = ["Aviv"]
