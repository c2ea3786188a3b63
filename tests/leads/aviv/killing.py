"""Loaded into the workers of a drill: each step of reading may be the last that its process does."""

import os

from estates.leads.aviv import hearing, windows
from estates.remotes.aviv import AvivClient
from tests.leads.killing import deadly

if float(os.environ.get("DRILL_CHANCE", "0")):
    for owner, name in ((AvivClient, "leads"), (AvivClient, "lead"), (windows, "store"), (hearing, "store")):
        deadly(owner, name)
