curl --silent --show-error --write-out '\n%{http_code}\n' \
  --header "Authorization: Bearer $PASSERELLE_KEY" \
  "$PASSERELLE_URL/api/v1/estates?limit=1000"
