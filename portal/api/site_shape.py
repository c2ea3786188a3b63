"""A site as partners read it: what Ts-Immo said of it last, and what its visitors meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from django.utils import translation
from ninja import Field, Schema

from accounts.models import Agency
from estates.wordpress.health.faults import told
from estates.wordpress.health.listing import last_looks
from estates.wordpress.listing import jobs_about
from estates.wordpress.models import Condition, Site, SiteHealth

StateName = Literal["inactive", "activating", "active", "refused", "deactivating"]


class SitePlan(Schema):
    """What Ts-Immo said of the contract when it activated the site."""

    name: str = Field(examples=["professional"])
    expires_at: date | None = Field(examples=["2027-12-31"])
    max_properties: int | None = Field(description="null where the plan names no limit", examples=[500])


class SiteAnswer(Schema):
    """Ts-Immo's last answer about the site."""

    words: str = Field(
        description="Why it refused, in its own words; empty where it had nothing to say",
        examples=["Invalid plugin authentication key"],
    )
    at: datetime | None = Field(description="null until it has answered")


class SiteFault(Schema):
    """Something that visitors or search engines meet, what it means, and what to do."""

    code: str = Field(examples=["certificate-ends"])
    title: str = Field(examples=["The certificate ends soon"])
    means: str = Field(examples=["From then on browsers warn of the site."])
    advice: str = Field(examples=["Have the host renew it."])
    is_down: bool = Field(description="Visitors see nothing of the site")


class SiteHealthOut(Schema):
    """What the last look at the site found, from outside."""

    verdict: Literal["up", "slow", "down", "unknown"] = Field(description="unknown until it was looked at")
    since: datetime | None = Field(description="The first look that gave this verdict")
    checked_at: datetime | None = Field(description="The last look")
    faults: list[SiteFault] = Field(description="The worst first")


class SiteOut(Schema):
    """A WordPress site of the agency. `state` is what Ts-Immo said last, or that it is being asked."""

    id: int = Field(examples=[12])
    domain: str = Field(description="In ASCII", examples=["www.your-agency.com"])
    name: str = Field(description="The domain in its own script", examples=["www.your-agency.com"])
    account: str = Field(
        description="The account at Ts-Immo whose estates go to the site", examples=["Ts-Immo · Lyon"]
    )
    connection: int
    state: StateName
    in_doubt: bool = Field(description="An answer never came: Ts-Immo may have done what it was asked")
    job: int | None = Field(
        description="The job that asks, while the state is activating or deactivating: GET /jobs/{id}. "
        "Where that has failed, ask the same again."
    )
    answer: SiteAnswer
    plan: SitePlan
    theme_id: str = Field(description="The theme that is asked for; empty for Ts-Immo's own", examples=[""])
    created_at: datetime
    health: SiteHealthOut


def shown(agency: Agency, sites: Sequence[Site]) -> list[dict[str, Any]]:
    """Sites of one agency, in two queries, however many there are."""
    looks = last_looks(agency, sites)
    jobs = jobs_about([site for site in sites if site.is_between])
    with translation.override("en"):
        return [
            {
                "id": site.pk,
                "domain": site.domain,
                "name": site.shown,
                "account": str(site.connection),
                "connection": site.connection_id,
                "state": site.state,
                "in_doubt": site.in_doubt,
                "job": jobs[site.pk].pk if site.pk in jobs else None,
                "answer": {"words": site.words, "at": site.answered_at},
                "plan": _plan(site),
                "theme_id": site.theme_id,
                "created_at": site.created_at,
                "health": _health(looks.get(site.pk)),
            }
            for site in sites
        ]


def _plan(site: Site) -> dict[str, Any]:
    return {"name": site.plan, "expires_at": site.expires_at, "max_properties": site.max_properties}


def _health(look: SiteHealth | None) -> dict[str, Any]:
    if look is None:
        return {"verdict": Condition.UNKNOWN.value, "since": None, "checked_at": None, "faults": []}
    faults = [
        {
            "code": fault.code,
            "title": fault.title,
            "means": fault.means,
            "advice": fault.advice,
            "is_down": fault.is_down,
        }
        for fault in told(look.faults)
    ]
    return {
        "verdict": look.verdict,
        "since": look.since,
        "checked_at": look.checked_at,
        "faults": faults,
    }
