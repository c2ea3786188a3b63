key=$(printf %s "${SECRET#whsec_}" | base64 --decode | od -An -v -tx1 | tr -d ' \n')
expected="v1,$(printf '%s.%s.%s' "$ID" "$TIMESTAMP" "$BODY" \
  | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)"
case " $SIGNATURE " in
  *" $expected "*) echo genuine ;;
  *) echo forged; exit 1 ;;
esac
