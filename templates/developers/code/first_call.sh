curl --fail-with-body --silent --show-error \
  --header "Authorization: Bearer $PASSERELLE_KEY" \
  "$PASSERELLE_URL/api/v1/estates?limit=2"
