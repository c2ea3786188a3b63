"""Set before Django reads its settings: tests write nowhere but into a folder of their own."""

import os
import tempfile

os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="passerelle-tests-")
os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 50)
os.environ.setdefault("VAULT_KEYS", "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
os.environ["COLLECTED_STATIC"] = "0"
os.environ["EMAIL_URL"] = "memorymail://"
