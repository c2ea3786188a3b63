touch estates.etag
curl --fail-with-body --silent --show-error --write-out '%{http_code}\n' \
  --header "Authorization: Bearer $PASSERELLE_KEY" \
  --etag-compare estates.etag --etag-save estates.etag --output estates-page.json \
  "$PASSERELLE_URL/api/v1/estates?limit=100"
