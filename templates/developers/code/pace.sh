curl --fail-with-body --silent --show-error --retry 5 --dump-header - \
  --header "Authorization: Bearer $PASSERELLE_KEY" \
  "$PASSERELLE_URL/api/v1/estates?limit=1"
