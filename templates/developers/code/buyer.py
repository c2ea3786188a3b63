import time

from passerelle import call

estate = call("GET", "/estates", params={"limit": 1}).json()["data"][0]
buyer = {
    "streamId": "7f1f6f0e-5b5e-4b62-9a38-0f6f5a3f1c11",
    "firstname": "Jean",
    "lastname": "Dupont",
    "mail": "jean.dupont@example.com",
    "message": "I am interested in this property.",
}
asked = call("PUT", f"/estates/{estate['id']}/lead", json=buyer).json()
while True:
    job = call("GET", f"/jobs/{asked['job']}").json()
    if job["status"] in ("done", "failed", "cancelled"):
        break
    time.sleep(5)
print(job["status"], job["error"])
