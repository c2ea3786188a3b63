from passerelle import call

for number in range(3):
    answer = call("GET", "/estates", params={"limit": 1})
    print(number, answer.status_code, answer.headers["RateLimit"])
