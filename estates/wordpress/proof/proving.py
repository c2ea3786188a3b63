"""Looking at estates' pages, one after the other for each site: by the timer, and when a person asks."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.catalogue.models import Estate
from estates.jobs.models import Job
from estates.jobs.outcomes import storable
from estates.jobs.run import Continue, Run
from estates.jobs.start import start
from estates.wordpress.models import Cause, Proof, Site, Verdict
from estates.wordpress.proof.enrolment import enrol_one
from estates.wordpress.proof.hosts import bare, host_of
from estates.wordpress.proof.judging import Expected, Judgement
from estates.wordpress.proof.looking import look_at
from estates.wordpress.proof.pace import TURN, give_back, resting, take_turn

KIND = "wordpress.prove"
AGAIN = timedelta(days=1)
AGAIN_SOON = timedelta(minutes=30)
"""When a page is looked at again: daily, or sooner where the site did not give it."""
SITES_AT_ONCE, THREADS = 24, 8


def prove_due_estates() -> int:
    """Looks at the page that is longest due of each site whose turn it is; returns how many. Many may do it at once.

    Agencies take turns: the first site of each comes before the second of any.
    """
    due = due_of_each_site(timezone.now())
    held = [proof for proof in due if not take_turn(host_of(proof.url)) and hold(proof)]
    with ThreadPoolExecutor(THREADS) as threads:
        looks = threads.map(look_at, [expected(proof) for proof in held])
        for proof, (judgement, landed) in zip(held, looks, strict=True):
            settle(proof, judgement, landed)
    return len(held)


def due_of_each_site(now: datetime) -> Iterator[Proof]:
    due = (
        Proof.objects.across_agencies()
        .filter(site=OuterRef("pk"), next_at__lte=now)
        .order_by("next_at", "pk")
    )
    sites = Site.objects.across_agencies().annotate(
        first=Subquery(due.values("pk")[:1]), since=Subquery(due.values("next_at")[:1])
    )
    busy, taken = set(resting(now)), dict[int, int]()
    turns = []
    for site in sites.filter(first__isnull=False).order_by("since", "pk"):
        host = bare(site.domain)
        if host not in busy:
            busy.add(host)
            taken[site.agency_id] = taken.get(site.agency_id, 0) + 1
            turns.append((taken[site.agency_id], site.since, site.first))
    for _turn, _since, pk in sorted(turns)[:SITES_AT_ONCE]:
        yield from Proof.objects.across_agencies().filter(pk=pk).select_related("site", "estate")


def hold(proof: Proof) -> bool:
    """Takes the proof for whoever has its site's turn; gives that back where the estate was changed meanwhile."""
    until = timezone.now() + TURN
    mine = Proof.objects.across_agencies().filter(pk=proof.pk, url=proof.url, next_at=proof.next_at)
    if not mine.update(next_at=until):
        give_back(host_of(proof.url))
        return False
    proof.next_at = until
    return True


def expected(proof: Proof) -> Expected:
    estate = proof.estate
    return Expected(proof.url, estate.reference, estate.title, proof.price, estate.currency, proof.status)


def settle(proof: Proof, judgement: Judgement, landed: str) -> None:
    """Gives the site's turn back and keeps what was seen, unless the estate was put in line afresh meanwhile."""
    now = timezone.now()
    silent = judgement.verdict == Verdict.UNREACHABLE
    wait = AGAIN_SOON if silent else AGAIN * random.uniform(0.9, 1.1)  # noqa: S311
    with transaction.atomic():
        in_trouble = silent and (judgement.reason == Cause.SILENT or judgement.words[:1] == "5")
        give_back(host_of(proof.url), in_trouble=in_trouble or judgement.words == "429")
        mine = Proof.objects.across_agencies().filter(pk=proof.pk, next_at=proof.next_at)
        mine.update(
            verdict=judgement.verdict,
            reason=judgement.reason,
            words=storable(judgement.words)[:200],
            shown_price=judgement.price,
            shown_currency=judgement.currency,
            shown_status=judgement.status,
            named=judgement.named,
            landed=storable(landed)[:2000],
            checked_at=now,
            next_at=now + wait,
        )


def ask_proof(estate: Estate, actor: User) -> Job:
    """Puts one estate's page in line to be looked at now."""
    with transaction.atomic():
        record(estate.agency, actor, "estate.proof_asked", str(estate))
        return start(
            estate.agency,
            KIND,
            subject=f"estate:{estate.pk}",
            title=str(estate),
            params={"estate": estate.pk},
            asked_by=actor,
        )


def ask_proofs(site: Site, actor: User) -> int:
    """Makes every estate's page on the site due; returns how many. The timer then looks at them one by one."""
    with transaction.atomic():
        record(site.agency, actor, "site.proofs_asked", str(site))
        proofs = Proof.objects.for_agency(site.agency).filter(site=site)
        return proofs.update(next_at=timezone.now())


def prove(run: Run) -> None:
    """The work for one estate. It waits for the site's turn, behind whoever has it."""
    proof = enrol_one(
        Estate.objects.for_agency(run.agency).select_related("agency").get(pk=run.params["estate"])
    )
    if proof is None or proof.site is None:
        run.report(1, 1)
        return
    run.report(0, 1, phase="looking")
    wait = take_turn(host_of(proof.url))
    if wait or not hold(proof):
        raise Continue(wait or 1)
    judgement, landed = look_at(expected(proof))
    with run.step(done=1, total=1):
        settle(proof, judgement, landed)
