"""The work of `leads.erase`: takes the leads that are not blanked yet, then looks in every other place."""

from django.utils import timezone

from estates.jobs.run import Continue, Run
from estates.leads.erasure.erase import Reason, take, wanted, whole
from estates.leads.erasure.places import PLACES, Place
from estates.leads.erasure.retention import due
from estates.leads.erasure.traces import Traces
from estates.leads.models import Erasure, ErasureTrace, Lead
from estates.leads.people.lock import lock_people

PEOPLE, LEADS = 50, 200


def erase(run: Run) -> None:
    """Goes on from its checkpoint: a place's name, and the last row there that was looked at."""
    erasure = Erasure.objects.for_agency(run.agency).get(pk=run.params["erasure"])
    if erasure.finished_at:
        return
    while leads := _to_take(erasure):
        with run.step(done=erasure.leads, phase="blanking", checkpoint={}):
            lock_people(run.agency)
            # Who wrote since the list was made is no longer on it.
            take(erasure, list(whole(run.agency).filter(pk__in=set(leads) & set(_to_take(erasure)))))
        if run.out_of_time:
            raise Continue
    traces = wanted(erasure)
    names = [place.name for place in PLACES]
    begun = run.checkpoint.get("place", names[0])
    for place in PLACES[names.index(begun) if begun in names else 0 :]:
        _search(run, erasure, place, traces)
    with run.step():
        ErasureTrace.objects.filter(erasure=erasure).delete()
        Erasure.objects.for_agency(run.agency).filter(pk=erasure.pk).update(finished_at=timezone.now())


def _to_take(erasure: Erasure) -> list[int]:
    leads = Lead.objects.for_agency(erasure.agency).filter(erased_at=None).order_by("pk")
    if erasure.reason == Reason.EXPIRED:
        return list(leads.filter(expires_at__lte=erasure.asked_at).values_list("pk", flat=True)[:LEADS])
    if erasure.reason == Reason.SILENT and erasure.silent_since:
        people = due(erasure.agency, erasure.silent_since).filter(pk__lte=erasure.up_to).order_by("pk")
        return list(leads.filter(person__in=list(people[:PEOPLE])).values_list("pk", flat=True))
    return []


def _search(run: Run, erasure: Erasure, place: Place, traces: Traces) -> None:
    """Looks through a place, a portion in each step; every row is held while it is looked at."""
    here = run.checkpoint.get("place") == place.name
    after, seen = (run.checkpoint["after"], run.checkpoint["seen"]) if here else (0, 0)
    rows = place.rows(run.agency).order_by("pk")
    while found := list(rows.filter(pk__gt=after).values_list("pk", flat=True)[: place.at_once]):
        after, seen = found[-1], seen + len(found)
        checkpoint = {"place": place.name, "after": after, "seen": seen}
        with run.step(done=seen, phase=place.name, checkpoint=checkpoint):
            held = place.rows(run.agency).select_for_update(of=("self",))
            number = sum(place.blank(row, traces) for pk in found for row in held.filter(pk=pk))
            if number:
                erasure.found[place.name] = erasure.found.get(place.name, 0) + number
                Erasure.objects.for_agency(run.agency).filter(pk=erasure.pk).update(found=erasure.found)
        if run.out_of_time:
            raise Continue
