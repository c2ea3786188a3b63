"""Seeki Import, simulated from its published guide: two environments, `/seeki/v1` and `/seeki-staging/v1`."""

from portal.sandbox.seeki.system import Seeki, environments

__all__ = ["Seeki", "environments"]
