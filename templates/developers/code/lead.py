from passerelle import call

lead = {
    "lastName": "Doe",
    "email": "jane.doe@example.com",
    "phoneNumbers": [{"number": "+33511223344"}],
    "message": "Is it still free?",
    "classifiedId": "251234567891",
    "submittedDate": "2026-11-28T09:30:00Z",
}
for _ in range(2):
    answer = call("POST", "/leads", json=lead, headers={"Idempotency-Key": "enquiry-4711"})
    print(answer.json()["id"], answer.headers.get("Idempotency-Replayed", "false"))
