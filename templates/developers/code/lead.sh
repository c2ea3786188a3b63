curl --fail-with-body --silent --show-error --request POST \
  --header "Authorization: Bearer $PASSERELLE_KEY" \
  --header "Content-Type: application/json" \
  --header "Idempotency-Key: enquiry-4711" \
  --data '{
    "lastName": "Doe",
    "email": "jane.doe@example.com",
    "phoneNumbers": [{"number": "+33511223344"}],
    "message": "Is it still free?",
    "classifiedId": "251234567891",
    "submittedDate": "2026-11-28T09:30:00Z"
  }' \
  "$PASSERELLE_URL/api/v1/leads"
