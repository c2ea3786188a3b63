"""marketing-lab, simulated from its published API page: five operations at one address, `/marketing-lab/api/v1`."""

from portal.sandbox.marketing_lab.system import MarketingLab

__all__ = ["MarketingLab"]
