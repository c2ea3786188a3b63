"""`/pictures/<account>/<estate>/<n>.jpg`: open to everybody, as the pictures of a published estate are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from portal.sandbox.faults import Kind
from portal.sandbox.messages import Answer, Refusal, Request, json_answer
from portal.sandbox.pictures.canvas import WIDTH
from portal.sandbox.pictures.scenes import draw
from portal.sandbox.routing import Route, Router
from portal.sandbox.ts_immo.account import Account

NARROWEST, WIDEST = 40, 1_600
CACHE = {"Cache-Control": "public, max-age=86400"}


class Pictures:
    name = "pictures"
    base = "/pictures"
    kinds: Mapping[str, Kind] = {}

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._accounts = accounts
        self.router = Router([Route("picture", "GET", "/{slug}/{estate_id}/{name}", self.picture)])

    def picture(self, request: Request, account: None, slug: str, estate_id: str, name: str) -> Answer:
        """A JPEG of 800 × 533, or `?w=` wide; 404 for what no estate lists."""
        owner = self._accounts.get(slug)
        estate = owner.stock.get(estate_id) if owner else None
        number = re.fullmatch(r"([1-9]\d?)\.jpg", name, re.ASCII)
        if estate is None or number is None or int(number[1]) > estate.mould.images:
            raise Refusal(404, "Picture not found")
        drawn = draw(estate.mould.scene, estate.id, int(number[1]), _width(request))
        return Answer(200, drawn, "image/jpeg", CACHE)

    def account_for(self, request: Request) -> None:
        return None

    def caller(self, request: Request) -> str:
        return ""

    def refusal(self, refusal: Refusal) -> Answer:
        return json_answer({"error": refusal.message}, refusal.status)

    def secrets(self) -> list[str]:
        return []


def _width(request: Request) -> int:
    asked = dict(request.query).get("w", str(WIDTH))
    if not re.fullmatch(r"\d{1,4}", asked, re.ASCII) or not NARROWEST <= int(asked) <= WIDEST:
        raise Refusal(400, f"w must be from {NARROWEST} to {WIDEST}")
    return int(asked)
