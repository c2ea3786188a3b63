from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from estates.catalogue.models import Estate
from estates.remotes.errors import Reason
from estates.wordpress.domains import LONGEST
from estates.wordpress.models.sites import Site
from estates.wordpress.proof.statuses import contradicts

URL_LIMIT = 500
"""Characters of an address that is proposed: as many as a person may type."""


class Verdict(models.TextChoices):
    UNSEEN = "unseen", _("Not looked at yet")
    RIGHT = "right", _("Shown right")
    DIFFERS = "differs", _("Shown differently")
    NOT_FOUND = "not_found", _("Not found")
    UNREACHABLE = "unreachable", _("Unreachable")
    FOREIGN = "foreign", _("On none of your sites")


class Cause(models.TextChoices):
    """Why there is nothing to compare, or what is wrong beside price and status."""

    GONE = "gone", _("The site answers that this page does not exist.")
    HOME = "home", _("The address leads to the home page.")
    OTHER_SITE = "other_site", _("The address leads to another site.")
    OTHER_REFERENCE = (
        "other_reference",
        _("The page shows another reference, and not this estate's title and price."),
    )
    NOTHING = "nothing", _("The page shows neither the reference nor the title nor the price.")
    STILL_SHOWN = "still_shown", _("The estate is withdrawn, but the page still shows it.")
    ANSWER = "answer", _("The site did not give the page.")
    SILENT = "silent", _("The site could not be reached.")
    UNREADABLE = "unreadable", _("The page could not be read.")


SILENCE: dict[str, Promise] = {
    Reason.NAME: _("The site's name is unknown on the internet."),
    Reason.NOT_PUBLIC: _("The site's name leads into a private network."),
    Reason.CONNECTION: _("The site takes no connections."),
    Reason.TIME: _("The site did not give the page in time."),
    Reason.CERTIFICATE: _("Nobody who is trusted vouches for the site's certificate."),
    Reason.CERTIFICATE_EXPIRED: _("The site's certificate has expired."),
    Reason.CERTIFICATE_NAME: _("The site shows the certificate of another site."),
    Reason.REDIRECTS: _("One redirect leads to the next without end."),
    Reason.REDIRECT: _("The address leads where nobody may be sent."),
}
"""What kept a page from coming, where more can be said than that it did not come."""


class Proof(TenantModel):
    """What an estate's public page showed when it was looked at last.

    `price` and `status` are what the catalogue said of the estate when it was put in line, `url` the address that
    is looked at; when one of them is another by now, the proof is put in line afresh. `next_at` is when the page
    is due, and the hold of whoever looks at it: the result is only kept while `next_at` is what the holder set.
    `shown_price`, `shown_status` (a family of `proof.statuses`) and `named` (the reference) are the page's; `reason`
    is a `Cause`, `words` what came with it. Without a site there is nothing to look at.
    """

    estate = models.OneToOneField(Estate, on_delete=models.CASCADE, related_name="proof")
    site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    url = models.CharField(_("public address"), max_length=2000)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True)
    status = models.CharField(_("status"), max_length=64, blank=True)
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict.choices, default=Verdict.UNSEEN)
    reason = models.CharField(_("reason"), max_length=20, choices=Cause.choices, blank=True)
    words = models.CharField(max_length=200, blank=True)
    shown_price = models.DecimalField(_("price on the page"), max_digits=14, decimal_places=2, null=True)
    shown_currency = models.CharField(max_length=8, blank=True)
    shown_status = models.CharField(_("status on the page"), max_length=20, blank=True)
    named = models.BooleanField(_("reference on the page"), null=True)
    landed = models.CharField(max_length=2000, blank=True)
    checked_at = models.DateTimeField(_("looked at"), null=True)
    next_at = models.DateTimeField(_("next look"))

    class Meta:
        verbose_name = _("proof of publication")
        verbose_name_plural = _("proofs of publication")
        indexes = [
            models.Index(fields=["site", "next_at"], name="proof_due"),
            models.Index(fields=["agency", "site", "verdict"], name="proof_by_verdict"),
        ]

    def __str__(self) -> str:
        return f"{self.estate_id} {self.verdict}"

    @property
    def sentence(self) -> str | Promise:
        """Why there is nothing to compare, or what is wrong beside price and status."""
        told = SILENCE.get(self.words) if self.reason == Cause.SILENT else None
        return told or (Cause(self.reason).label if self.reason else "")

    @property
    def other_status(self) -> bool:
        """Whether the page names a state that contradicts ours."""
        return bool(self.shown_status and contradicts(self.status, frozenset({self.shown_status})))

    @property
    def other_price(self) -> bool:
        return self.shown_price is not None and self.shown_price != self.price


class SitePace(models.Model):
    """When the next page of a website may be asked for, by all workers and agencies together."""

    host = models.CharField(max_length=LONGEST, primary_key=True)
    next_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pace of a site")
        verbose_name_plural = _("paces of sites")

    def __str__(self) -> str:
        return self.host


class AddressProposal(TenantModel):
    """A page that is probably an estate's, found on a site of the agency; a person says whether it is."""

    class Found(models.TextChoices):
        PATH = "path", _("Reference in the address")
        PAGE = "page", _("Reference on the page")

    class Decision(models.TextChoices):
        NONE = "", _("Undecided")
        ACCEPTED = "accepted", _("Accepted")
        DISMISSED = "dismissed", _("Dismissed")

    estate = models.ForeignKey(Estate, on_delete=models.CASCADE, related_name="+", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(_("address"), max_length=URL_LIMIT)
    found = models.CharField(_("found by"), max_length=4, choices=Found.choices)
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    decision = models.CharField(_("decision"), max_length=9, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("proposed address")
        verbose_name_plural = _("proposed addresses")
        constraints = [models.UniqueConstraint(fields=["estate", "url"], name="one_proposal_per_address")]

    def __str__(self) -> str:
        return self.url
