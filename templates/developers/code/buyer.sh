export ESTATE=550e8400-e29b-41d4-a716-446655440000
curl --fail-with-body --silent --show-error --request PUT \
  --header "Authorization: Bearer $PASSERELLE_KEY" \
  --header "Content-Type: application/json" \
  --data '{
    "streamId": "7f1f6f0e-5b5e-4b62-9a38-0f6f5a3f1c11",
    "firstname": "Jean",
    "lastname": "Dupont",
    "mail": "jean.dupont@example.com",
    "message": "I am interested in this property."
  }' \
  "$PASSERELLE_URL/api/v1/estates/$ESTATE/lead"
