import json
from pathlib import Path

from passerelle import call

file = Path("estates.json")
held = {"as_of": "2000-01-01T00:00:00Z", "estates": {}}
if file.exists():
    held = json.loads(file.read_text())
asked = {"updated_since": held["as_of"], "limit": 100}
as_of = None
while True:
    page = call("GET", "/estates", params=asked).json()
    as_of = as_of or page["as_of"]
    for estate in page["data"]:
        held["estates"][estate["id"]] = estate
    for gone in page["gone"]:
        held["estates"].pop(gone["id"], None)
    if page["next_cursor"] is None:
        break
    asked["cursor"] = page["next_cursor"]

file.write_text(json.dumps({"as_of": as_of, "estates": held["estates"]}))
print(len(held["estates"]), "estates as of", as_of)
