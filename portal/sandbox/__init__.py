"""The remote systems, simulated statefully on loopback, for tests, benchmarks and the demo.

    with sandbox(estates=200, contacts=40) as box:
        requests.get(f"{box.url}/ts-immo/v1/estates", headers={"X-TS-IMMO-KEY": box.account("martin").key})
        box.fault("throttled", operation="search_estates", times=2, value="3")
        box.marketing_lab.accounts["martin"].add_contacts(3)
        box.received  # what arrived, oldest first

Written from the remotes' published documents alone. It imports nothing else of this project, so that a wrong
reading of a document in the clients is not repeated here.
"""

from portal.sandbox.box import Sandbox

sandbox = Sandbox

__all__ = ["Sandbox", "sandbox"]
