import os
import time

import requests

session = requests.Session()
session.headers["Authorization"] = f"Bearer {os.environ['PASSERELLE_KEY']}"


class Refused(Exception):
    pass


def call(method, path, **options):
    url = f"{os.environ['PASSERELLE_URL']}/api/v1{path}"
    for _ in range(5):
        answer = session.request(method, url, timeout=30, **options)
        if "Retry-After" not in answer.headers:
            break
        time.sleep(int(answer.headers["Retry-After"]))
    if answer.status_code >= 400:
        words = "; ".join(answer.json()["message"])
        raise Refused(f"{answer.status_code} {words} ({answer.headers['X-Request-Id']})")
    return answer
