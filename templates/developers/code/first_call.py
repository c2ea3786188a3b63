import os

import requests

answer = requests.get(
    f"{os.environ['PASSERELLE_URL']}/api/v1/estates",
    params={"limit": 2},
    headers={"Authorization": f"Bearer {os.environ['PASSERELLE_KEY']}"},
    timeout=30,
)
answer.raise_for_status()
for estate in answer.json()["data"]:
    print(estate["id"], estate.get("reference"))
