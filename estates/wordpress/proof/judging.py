"""What a page proves: pure, from what we have of an estate and what its page shows."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from estates.wordpress.models.proof import Cause, Verdict
from estates.wordpress.proof.hosts import same_site
from estates.wordpress.proof.offers import Offer
from estates.wordpress.proof.prices import Price
from estates.wordpress.proof.reading import Content
from estates.wordpress.proof.references import is_in, others_in
from estates.wordpress.proof.statuses import FAMILIES, contradicts
from estates.wordpress.proof.text import folded

GONE = (404, 410)
PLAUSIBLE = Decimal(5)
"""An unmarked amount of less than a fifth of the price, or more than five times as much, is something else."""
TITLE_LENGTH = 12
"""A shorter title, such as "Villa", is on too many pages to tell an estate by."""


@dataclass(frozen=True)
class Expected:
    """What the catalogue says of an estate."""

    url: str
    reference: str = ""
    title: str = ""
    price: Decimal | None = None
    currency: str = ""
    status: str = ""

    @property
    def is_withdrawn(self) -> bool:
        return FAMILIES.get(self.status.lower()) == "withdrawn"


@dataclass(frozen=True)
class Judgement:
    """What was seen. `price`, `currency` and `status` (a family) are what the page shows, where it was found out;
    `named` whether the page names the reference, `reason` why it counts as not found or as unreachable.
    """

    verdict: Verdict
    reason: str = ""
    price: Decimal | None = None
    currency: str = ""
    status: str = ""
    named: bool | None = None
    words: str = ""


def judge(ours: Expected, status: int, landed: str, content: Content) -> Judgement:
    """The verdict on a page that answered: its HTTP status, the address where the redirects ended, its content."""
    if status in GONE:
        return _missing(ours, Cause.GONE)
    if not 200 <= status < 300:
        return Judgement(Verdict.UNREACHABLE, Cause.ANSWER, words=str(status))
    if not same_site(ours.url, landed):
        return _missing(ours, Cause.OTHER_SITE)
    if _is_home(landed) and not _is_home(ours.url):
        return _missing(ours, Cause.HOME)
    named = is_in(
        ours.reference, f"{content.said}\n" + "\n".join(folded(offer.words) for offer in content.offers)
    )
    if not named and (reason := _is_another(ours, content)):
        return _missing(ours, reason)
    return _compare(ours, content, named)


def _missing(ours: Expected, reason: Cause) -> Judgement:
    """No page: for an estate that was withdrawn that is as it should be."""
    return Judgement(Verdict.RIGHT if ours.is_withdrawn else Verdict.NOT_FOUND, reason)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path.strip("/") in ("", "index.php") and not parts.query


def _is_another(ours: Expected, content: Content) -> Cause | None:
    """Why a page that does not name the reference is none of the estate; None where title or price tell it is.

    Where it names another reference, both must: some themes show a numbering of their own.
    """
    title = folded(ours.title)
    has_title = len(title) >= TITLE_LENGTH and title in f"{content.headlines}\n{content.names}"
    has_price = ours.price is not None and any(price.is_about(ours.price) for price in _shown(ours, content))
    if others_in(content.text):
        return None if has_title and has_price else Cause.OTHER_REFERENCE
    return None if has_title or has_price else Cause.NOTHING


def _compare(ours: Expected, content: Content, named: bool) -> Judgement:
    shown = _shown(ours, content)
    families = content.families | {offer.family for offer in _own(ours, content) if offer.family}
    if ours.is_withdrawn:
        return Judgement(Verdict.DIFFERS, Cause.STILL_SHOWN, status=_one(families), named=named)
    price, other = None, None
    if ours.price is not None:
        price = next((found for found in shown if found.is_about(ours.price)), None)
        other = None if price else _main(ours, content)
    status = contradicts(ours.status, families)
    seen = price or other
    verdict = Verdict.DIFFERS if other or status else Verdict.RIGHT
    amount = ours.price if price else other.amount if other else None
    currency = (seen.currency or ours.currency) if seen else ""
    return Judgement(verdict, "", amount, currency, status or _one(families), named)


def _one(families: frozenset[str]) -> str:
    return next(iter(sorted(families - {"offered"})), "")


def _own(ours: Expected, content: Content) -> tuple[Offer, ...]:
    """The offers that are the estate's: those that name it, or the only one."""
    found = tuple(o for o in content.offers if is_in(ours.reference, folded(o.words)) or ours.url in o.words)
    return found or (content.offers if len(content.offers) == 1 else ())


def _shown(ours: Expected, content: Content) -> list[Price]:
    return [*(p for offer in _own(ours, content) for p in offer.prices), *content.marked, *content.prices]


def _main(ours: Expected, content: Content) -> Price | None:
    """The price that the page shows instead: the one that its markup names, else the first likely one of its text."""
    assert ours.price is not None  # noqa: S101  # callers compare prices only where we have one
    marked = [*(p for offer in _own(ours, content) for p in offer.prices), *content.marked]
    if marked:
        return marked[0]
    if not ours.price:
        return None
    likely = (ours.price / PLAUSIBLE, ours.price * PLAUSIBLE)
    return next((p for p in content.prices if not p.minor and likely[0] < p.amount < likely[1]), None)
