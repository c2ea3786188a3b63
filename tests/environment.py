"""Set before Django reads its settings: tests write nowhere but into a folder of their own."""

import os
import tempfile
from urllib.parse import urlsplit, urlunsplit

os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="passerelle-tests-")
os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 50)
os.environ.setdefault("VAULT_KEYS", "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
os.environ["COLLECTED_STATIC"] = "0"
os.environ["API_COUNT_SECONDS"] = "0"
os.environ["EMAIL_URL"] = "memorymail://"

if redis := os.environ.get("REDIS_URL"):
    # Clearing a cache empties the whole numbered database: parallel processes take one each.
    number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["REDIS_URL"] = urlunsplit(urlsplit(redis)._replace(path=f"/{number}"))
