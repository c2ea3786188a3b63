"""What the OpenAPI document says in words of things that many operations share.

A new group of operations, or a new name in a path, gets its line here: a test names those that lack one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Named(NamedTuple):
    """A parameter in words, with an example of its value."""

    description: str
    example: Any


ABOUT = """\
For software of an estate agency's partners: its estates, leads, sites, tickets and feed files, in JSON.

**Keys.** The agency's owner makes a key under Settings → Partners and ticks what it may (its scopes). It goes into
`Authorization: Bearer psl_…` or `X-API-Key: psl_…`, never into an address: a key in an address opens nothing, and its
owner is told.

**Errors** all look alike: `{"statusCode": 422, "message": ["limit: …"], "error": "Unprocessable Entity"}`. Every
answer has an `X-Request-Id`, by which the operators find the call.

**Pace.** So many calls a minute for each key, told in `RateLimit-Policy` and `RateLimit`. Beyond them 429 says in
`Retry-After` how many seconds to wait.

**Once.** With an `Idempotency-Key` a POST happens once, however often it is repeated within 24 hours.

**Slow work** is answered with 202 and the id of a job: `GET /jobs/{job_id}` says what became of it.
"""

TAGS: Mapping[str, str] = {
    "Estates": "The agency's estates as Ts-Immo gives them, and what goes back to Ts-Immo about them.",
    "Feeds": "Feed files of other software (OpenImmo, Idealista), read here and sent on to Seeki.",
    "Jobs": "What became of what was asked for.",
    "Leads": "Enquiries of all sources in AVIV's shape, what was done about them, and new ones for AVIV.",
    "Sites": "The agency's WordPress sites: on and off, what visitors meet, and plugins with their files.",
    "Support": "Tickets to Ts-Immo's support, with their comments and files.",
    "Syndication": "How a listing stands on Seeki.",
    "Webhooks": "Being told what happens, in signed messages, instead of asking.",
}

PATH: Mapping[str, Named] = {
    "attachment_id": Named("The file's id, from the ticket or from the answer when it was handed in", 31),
    "estate_id": Named("The estate's id at Ts-Immo", "550e8400-e29b-41d4-a716-446655440000"),
    "external_id": Named(
        "The listing's number at Seeki: an estate's id at Ts-Immo, or the number in a feed file",
        "550e8400-e29b-41d4-a716-446655440000",
    ),
    "feed_id": Named("The feed file's id, from the answer when it was handed in", 12),
    "job_id": Named("The job's id, from the answer to what was asked", 815),
    "lead_id": Named("The lead's id: `metadata.leadId`", 4711),
    "plugin_id": Named("The plugin's id, from the list of the site's plugins", 5),
    "site_id": Named("The site's id, from the list of sites", 2),
    "subscription_id": Named(
        "The subscription's id, from the answer when it was made", "D2IOuPcAq9s3sZ1pt3jW7w"
    ),
    "ticket_id": Named("The ticket's id, from the list of tickets", 64),
}

MEANINGS: Mapping[int, str] = {
    200: "The answer",
    201: "Made",
    202: "Taken: a job does it, and says what became of it",
    204: "Done, and there is nothing to say",
    206: "A part: there is more",
    304: "Unchanged since the version that `If-None-Match` names; without a body",
    400: "The body cannot be read, or a header is malformed",
    401: "No key, or one that opens nothing (any more, or from there)",
    403: "The key lacks the scope",
    404: "There is no such thing, or not within the key's agency",
    409: "Not now: it is at odds with something under way, or with what was done meanwhile",
    412: "It is another version by now than the one that the call names",
    413: "The body is larger than the operation takes",
    415: "The body is of a type that the operation does not take",
    416: "The file has no such range of bytes",
    422: "A value is missing, unknown or not allowed; the message names it",
    429: "Too many calls in this minute: wait as long as `Retry-After` says",
    500: "Something failed on our side. Nothing was done; the same call may be repeated",
}

MESSAGES: Mapping[int, str] = {
    400: "Cannot parse request body",
    401: "Unauthorized",
    403: "This key lacks the scope {scope}.",
    404: "Not found",
    409: "Idempotency-Key: the first call of this name is in flight",
    413: "The body is larger than this operation takes",
    415: "Content-Type: one of application/xml, application/zip",
    422: "limit: Input should be less than or equal to 100",
    429: "At most 600 calls a minute.",
    500: "Something failed on our side. Nothing was done; the same call may be repeated.",
}
"""What an error may say, as an example."""

SENT_HEADERS: Mapping[str, Mapping[str, Any]] = {
    "If-None-Match": {
        "description": "The `ETag` of the answer that you hold: if it still holds, 304 comes without a body",
        "example": 'W/"5f2a9c61d80b4e7731c2a9f0"',
        "schema": {"type": "string", "maxLength": 500},
    },
    "Idempotency-Key": {
        "description": "A name of yours for this call, 1 to 255 visible ASCII characters: under one name it happens "
        "once within 24 hours, and is answered alike; with another body it is refused",
        "example": "2026-11-28-export-1",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    },
}
"""What a call may carry: the first where there is a 304, the second with every POST."""

HEADERS: Mapping[str, Mapping[str, Any]] = {
    "X-Request-Id": {"description": "By this the operators find the call", "example": "3f9ac2d41b07"},
    "RateLimit-Policy": {
        "description": "How many calls (q) the key may make in how many seconds (w)",
        "example": '"minute";q=600;w=60',
    },
    "RateLimit": {
        "description": "How many calls are left (r), and for how many seconds (t)",
        "example": '"minute";r=598;t=41',
    },
    "ETag": {
        "description": "Names this version of the answer: send it as `If-None-Match` the next time",
        "example": 'W/"5f2a9c61d80b4e7731c2a9f0"',
    },
    "Idempotency-Replayed": {
        "description": "Where an earlier call of this name had the effect, and this is its answer again",
        "example": "true",
    },
    "Retry-After": {"description": "How many seconds to wait before the next try", "example": "17"},
    "WWW-Authenticate": {"description": "How to say who calls", "example": "Bearer"},
}
"""What an answer may carry."""
