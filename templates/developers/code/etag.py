from passerelle import call

asked = {"limit": 100}
first = call("GET", "/estates", params=asked)
again = call("GET", "/estates", params=asked, headers={"If-None-Match": first.headers["ETag"]})
print(again.status_code, len(again.content))
