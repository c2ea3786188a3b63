"""Saying who is who by hand: merging, splitting, keeping apart, and taking that back without a loss."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import Agency, User
from estates.leads.filing import BY_HAND
from estates.leads.models import KeptApart, Lead, Person, PersonChange
from estates.leads.people.lock import lock_people

Kind = PersonChange.Kind
Link = tuple[int | None, str]
"""To whom a lead belongs, and by what that was found."""

EMPTY = _("The enquiries of one of the two were moved meanwhile. Look at them as they are now.")
NOT_THEIRS = _("Some of these enquiries were moved meanwhile. Look at them as they are now.")
NOTHING_LEFT = _("Choose some of the enquiries: at least one stays, and at least one goes.")
UNDONE = _("This was undone already.")
MOVED_SINCE = _(
    "Nothing was changed: some of these enquiries were moved again since, or erased. Undo what came later first."
)


class NotNow(Exception):
    """Who is who is no longer as it was seen; `words` say why nothing was done."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


def merge(person: Person, other: Person, actor: User) -> PersonChange:
    """Takes all leads of `other` to `person`, where later filings leave them. Raises `NotNow`."""
    agency = person.agency
    with transaction.atomic():
        lock_people(agency)
        theirs = _links(agency, other)
        if person.pk == other.pk or not theirs or not _links(agency, person):
            raise NotNow(EMPTY)
        change = _change(
            person, other, Kind.MERGE, theirs, dict.fromkeys(theirs, (person.pk, BY_HAND)), actor
        )
        record(agency, actor, "person.merged", shown(person), other=shown(other), leads=len(theirs))
        return change


def split(person: Person, chosen: Collection[int], actor: User) -> PersonChange:
    """Takes the chosen leads to a new person. Raises `NotNow`.

    Whoever splits has looked at those who stay, too: both sides count as decided by hand, so that a filing by
    the address that they share changes neither.
    """
    agency = person.agency
    with transaction.atomic():
        lock_people(agency)
        before = _links(agency, person)
        if not before.keys() >= set(chosen):
            raise NotNow(NOT_THEIRS)
        if not chosen or len(set(chosen)) == len(before):
            raise NotNow(NOTHING_LEFT)
        other = Person.objects.create(agency=agency)
        after: dict[int, Link] = {pk: ((other if pk in chosen else person).pk, BY_HAND) for pk in before}
        change = _change(person, other, Kind.SPLIT, before, after, actor)
        _keep_apart(person, other)
        record(agency, actor, "person.split", shown(person), other=shown(other), leads=len(set(chosen)))
        return change


def undo(change: PersonChange, actor: User) -> None:
    """Puts every lead back where the change took it from. Raises `NotNow`, with nothing changed."""
    agency = change.agency
    with transaction.atomic():
        lock_people(agency)
        rows = PersonChange.objects.for_agency(agency).filter(pk=change.pk, undone_at=None)
        if not rows.update(undone_at=timezone.now()):
            raise NotNow(UNDONE)
        moved = {int(pk): sides for pk, sides in change.moved.items()}
        now = _links_of(Lead.objects.for_agency(agency).filter(pk__in=moved))
        if now != {pk: tuple(sides["after"]) for pk, sides in moved.items()}:
            raise NotNow(MOVED_SINCE)
        _move(agency, {pk: tuple(sides["before"]) for pk, sides in moved.items()})
        if change.kind == Kind.SPLIT:
            KeptApart.objects.for_agency(agency).filter(**_pair(change.person, change.other)).delete()
        record(agency, actor, "person.undone", shown(change.person), other=shown(change.other))


def keep_apart(person: Person, other: Person, actor: User) -> None:
    """The two are not the same: they are not suggested again. May be repeated."""
    with transaction.atomic():
        if person.pk != other.pk and _keep_apart(person, other):
            record(person.agency, actor, "person.kept_apart", shown(person), other=shown(other))


def shown(person: Person) -> str:
    """A person's number: the audit trail is never erased, so it names nobody."""
    return f"#{person.pk}"


def _change(
    person: Person,
    other: Person,
    kind: Kind,
    before: dict[int, Link],
    after: dict[int, Link],
    actor: User,
) -> PersonChange:
    _move(person.agency, after)
    moved = {pk: {"before": before[pk], "after": after[pk]} for pk in before}
    return PersonChange.objects.create(
        agency=person.agency, kind=kind, person=person, other=other, moved=moved, actor=actor
    )


def _move(agency: Agency, links: dict[int, Link]) -> None:
    by_link: dict[Link, list[int]] = {}
    for pk, link in links.items():
        by_link.setdefault(link, []).append(pk)
    for (person, by), leads in by_link.items():
        Lead.objects.for_agency(agency).filter(pk__in=leads).update(person_id=person, person_by=by)


def _links(agency: Agency, person: Person) -> dict[int, Link]:
    return _links_of(Lead.objects.for_agency(agency).filter(person=person, erased_at=None))


def _links_of(leads: QuerySet[Lead]) -> dict[int, Link]:
    rows = leads.values_list("pk", "person_id", "person_by")
    return {pk: (person, by) for pk, person, by in rows}


def _pair(one: Person, two: Person) -> dict[str, Person]:
    low, high = sorted((one, two), key=lambda person: person.pk)
    return {"person": low, "other": high}


def _keep_apart(one: Person, two: Person) -> bool:
    pair = _pair(one, two)
    return KeptApart.objects.across_agencies().get_or_create(**pair, defaults={"agency": one.agency})[1]
