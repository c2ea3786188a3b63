curl --fail-with-body --silent --show-error --get \
  --header "Authorization: Bearer $PASSERELLE_KEY" \
  --data-urlencode "updated_since=2026-01-01T00:00:00Z" \
  --data-urlencode "limit=100" \
  "$PASSERELLE_URL/api/v1/estates"
