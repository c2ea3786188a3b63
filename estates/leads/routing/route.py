"""Giving leads that have just come to whoever the rules name, in the transaction that files them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from django.utils import timezone

from accounts.models import Agency, User
from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.leads.forwarding.forward import NotNow, forward, may_forward
from estates.leads.models import Lead, LeadEvent, LeadOffer, Notice, RoutingRule
from estates.leads.routing.matching import estates_of, first_match
from estates.leads.routing.notices import notify

Target = RoutingRule.Target
FRESH = timedelta(days=1)
"""Leads older than that when they come are given to somebody, but nobody is mailed or asked to be first: a source
that is connected for the first time hands over weeks of them.
"""


def route(agency: Agency, leads: Sequence[Lead]) -> None:
    """Routes those of the leads that never were. Without a rule that fits a lead stays with nobody."""
    new = [lead for lead in leads if lead.routed_at is None and lead.erased_at is None]
    if not new:
        return
    # Whose turn it is belongs to the rule: nobody else counts on while this transaction does.
    held = RoutingRule.objects.for_agency(agency).filter(is_active=True).select_for_update()
    rules = list(held.order_by("position", "pk"))
    _Routing(agency, rules, new).run()


class _Routing:
    """One batch: the rules that are held, who is a member, and the leads' estates."""

    def __init__(self, agency: Agency, rules: Sequence[RoutingRule], leads: Sequence[Lead]) -> None:
        self.agency, self.rules, self.leads = agency, rules, leads
        self.now = timezone.now()
        self.people = {user.pk: user for user in able_members(agency)} if rules else {}
        self.choices = {rule.pk: self.choice_of(rule) for rule in rules}
        self.estates = estates_of(leads) if rules else {}
        self.notices: list[Notice] = []

    def run(self) -> None:
        for lead in self.leads:
            estate = self.estates.get(lead.estate_id or 0)
            rule = first_match(self.rules, lead, estate)
            if rule:
                self.follow(rule, lead, estate)
        ids = [lead.pk for lead in self.leads]
        Lead.objects.for_agency(self.agency).filter(pk__in=ids).update(routed_at=self.now)
        notify(self.agency, self.notices)

    def choice_of(self, rule: RoutingRule) -> list[User]:
        """Those of a rule's people who may work with leads still, in the order of their turns."""
        ids = sorted(rule.people.values_list("pk", flat=True))
        return [self.people[pk] for pk in ids if pk in self.people]

    def follow(self, rule: RoutingRule, lead: Lead, estate: Estate | None) -> None:
        if lead.assignee_id is None:
            self.assign(rule, lead)
        if rule.forward and estate and may_forward(estate):
            with suppress(NotNow):  # somebody sends it by hand already
                forward(lead, estate, None)

    def assign(self, rule: RoutingRule, lead: Lead) -> None:
        fresh = self.now - lead.happened_at < FRESH
        people = self.choices[rule.pk]
        fallback = self.people.get(rule.fallback_id or 0)
        if rule.target == Target.FIRST and fresh and people:
            self.offer(rule, lead, people, fallback)
        elif rule.target == Target.FIRST:
            self.give(lead, fallback, fresh)
        else:
            self.give(lead, self.turn(rule, people) or fallback, fresh)

    def turn(self, rule: RoutingRule, people: Sequence[User]) -> User | None:
        """The next in turn; people who left or came do not disturb the order of the others."""
        later = [user for user in people if user.pk > rule.last_given]
        chosen = next(iter([*later, *people]), None)
        if chosen:
            rule.last_given = chosen.pk
            RoutingRule.objects.for_agency(self.agency).filter(pk=rule.pk).update(last_given=chosen.pk)
        return chosen

    def give(self, lead: Lead, user: User | None, fresh: bool) -> None:
        if user and take(lead, user, None) and fresh:
            self.notices.append(notice(lead, user, Notice.Kind.ASSIGNED))

    def offer(self, rule: RoutingRule, lead: Lead, people: Sequence[User], fallback: User | None) -> None:
        until = self.now + timedelta(minutes=rule.claim_minutes)
        offer = LeadOffer(agency=self.agency, lead=lead, until=until, fallback=fallback)
        offer.save()
        offer.people.set(people)
        self.notices += [notice(lead, user, Notice.Kind.OFFERED) for user in people]


def able_members(agency: Agency) -> list[User]:
    """The members who may work with leads and whose account is open."""
    able = [role for role in Role if role.suffices_for(Role.AGENT)]
    rows = User.objects.filter(memberships__agency=agency, memberships__role__in=able, is_active=True)
    return list(rows.order_by("pk"))


def take(lead: Lead, user: User, actor: User | None) -> bool:
    """Puts somebody in charge of a lead that is nobody's, with its line in the timeline; False when it is by now."""
    free = Lead.objects.for_agency(lead.agency).filter(pk=lead.pk, assignee=None, erased_at=None)
    if not free.update(assignee=user):
        return False
    lead.assignee = user
    LeadEvent.objects.create(lead=lead, actor=actor, what=LeadEvent.What.ASSIGNED, after=str(user)[:200])
    return True


def notice(lead: Lead, user: User, kind: Notice.Kind) -> Notice:
    return Notice(agency_id=lead.agency_id, lead=lead, user=user, kind=kind)
