from passerelle import Refused, call

try:
    call("GET", "/estates", params={"limit": 1000})
except Refused as refusal:
    print(refusal)
