"""What may be wrong with a site, and what a person without a technical trade can do about each of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estates.remotes.errors import Reason


@dataclass(frozen=True, slots=True)
class Fault:
    """A code of `WORDS`, and what its sentences name."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class Words(NamedTuple):
    """What is wrong, what it means for visitors, and what to do."""

    title: str | Promise
    means: str | Promise
    advice: str | Promise


_WARNED_AWAY = _("Browsers warn visitors away from the site.")

WORDS = {
    Reason.NAME: Words(
        _("The domain leads nowhere"),
        _("Visitors get an error: no name server knows this domain."),
        _("Check that the domain was renewed, then ask whoever manages it to look at its DNS records."),
    ),
    Reason.NOT_PUBLIC: Words(
        _("The domain leads into a private network"),
        _("Visitors outside that network cannot reach the site."),
        _("Ask whoever manages the domain to correct its DNS records."),
    ),
    Reason.CONNECTION: Words(
        _("No server answers"),
        _("Visitors get an error: nothing takes connections at the site's address."),
        _("Ask your host whether the server is running."),
    ),
    Reason.DROPPED: Words(
        _("The server hangs up"),
        _("Visitors get an error: the server ends the connection before it has answered."),
        _("Ask your host to look at the server's error log."),
    ),
    Reason.TIME: Words(
        _("No answer in time"),
        _("Visitors wait and see nothing: no whole page came within %(seconds)s seconds."),
        _("Ask your host to look at the server's load, and your web developer at the plugins."),
    ),
    Reason.TLS: Words(
        _("No secure connection"),
        _("Browsers cannot open the site: no encrypted connection can be made."),
        _("Ask your host to set up https for this domain."),
    ),
    Reason.CERTIFICATE: Words(
        _("The certificate is not trusted"),
        _WARNED_AWAY,
        _("Ask your host to install a certificate from a recognised authority, with its whole chain."),
    ),
    Reason.CERTIFICATE_EXPIRED: Words(
        _("The certificate has expired"), _WARNED_AWAY, _("Ask your host to renew it today.")
    ),
    Reason.CERTIFICATE_NAME: Words(
        _("The certificate is another site's"),
        _WARNED_AWAY,
        _("Ask your host for a certificate that names this domain."),
    ),
    Reason.REDIRECTS: Words(
        _("The site redirects in circles"),
        _("Visitors get an error: one address sends them on to the next without end."),
        _("Ask your web developer: often two rules, one for https and one for www, work against each other."),
    ),
    Reason.REDIRECT: Words(
        _("The site sends visitors astray"),
        _("The home page redirects to an address that cannot be opened from the internet: %(to)s"),
        _(
            "Ask your web developer where this comes from. If nobody set it, the site may have been tampered with."
        ),
    ),
    Reason.BROKEN: Words(
        _("The answer cannot be read"),
        _("Visitors see a broken page or none: what the server sends is cut short, or is no web page."),
        _("Ask your host to look at the server's error log."),
    ),
    "error": Words(
        _("The site reports an error"),
        _("Visitors see an error page instead of your estates (status %(status)s)."),
        _(
            "Ask your web developer to look at the site's error log; an update or a plugin is often the cause."
        ),
    ),
    "maintenance": Words(
        _("The site is in maintenance"),
        _("Visitors see a notice instead of your estates."),
        _("If nobody is working on the site, ask your web developer: an update may have stopped half-way."),
    ),
    "missing": Words(
        _("There is no home page"),
        _("Visitors read that there is no page at this address (status %(status)s)."),
        _("Check how the domain is spelt here, then ask your host whether the site still lies there."),
    ),
    "password": Words(
        _("The site asks for a password"),
        _("Visitors cannot get in, and neither can search engines."),
        _("If the site is meant to be public, ask your web developer to take the protection away."),
    ),
    "forbidden": Words(
        _("The site turns the portal away"),
        _(
            "The server does not answer the portal (status %(status)s). Visitors may see the site all the same."
        ),
        _("Open the site in a browser. If it shows, ask your host to let “Passerelle” through."),
    ),
    "slow": Words(
        _("The site is slow"),
        _("Visitors wait: the home page took %(seconds)s seconds."),
        _("If it stays so, ask your web developer about caching and the size of pictures, or your host."),
    ),
    "http-only": Words(
        _("The site has no https"),
        _("Browsers call the site not secure, and what visitors type can be read on its way."),
        _("Ask your host to set up https; most do so at no charge."),
    ),
    "http-open": Words(
        _("The http address is not redirected"),
        _("Visitors who come by http:// stay on an unprotected page."),
        _("Ask your web developer to redirect http to https."),
    ),
    "certificate-ends": Words(
        _("The certificate ends soon"),
        _("Unless it is renewed before, browsers will warn visitors away from %(on)s."),
        _("Most hosts renew it by themselves. Ask yours if you still read this in a week."),
    ),
    "elsewhere": Words(
        _("The domain leads to another site"),
        _("Visitors end up at %(to)s."),
        _("If that is wanted, add that domain here as a site. If not, ask whoever manages the domain."),
    ),
    "noindex": Words(
        _("Search engines are told to stay away"),
        _("A setting asks them not to list the site, so that nobody finds it by searching."),
        _("In WordPress, see Settings, Reading: untick “Discourage search engines from indexing this site”."),
    ),
    "robots": Words(
        _("Search engines are shut out"),
        _("The site's robots.txt forbids them every page, so that nobody finds the site by searching."),
        _("Ask your web developer to take “Disallow: /” out of robots.txt."),
    ),
    "not-wordpress": Words(
        _("This does not look like WordPress"),
        _("Visitors do see a page, but the Ts-Immo plugin runs on WordPress only."),
        _("Check the domain. If it is the right one, ask your web developer."),
    ),
    "no-rest": Words(
        _("WordPress's interface is closed"),
        _(
            "Visitors notice nothing. New estates may not reach the site: %(at)s does not answer as it should."
        ),
        _("Ask your web developer whether a security plugin closes the REST interface."),
    ),
    "shortcodes": Words(
        _("Estates do not show"),
        _("Visitors read %(names)s where estates should be: the Ts-Immo plugin is off or missing."),
        _("In WordPress, see Plugins: activate the Ts-Immo plugin, or install it if it is not there."),
    ),
}

DOWN = frozenset({*Reason, "error", "maintenance", "missing"})
"""With one of these, visitors see nothing of the site. The others are warnings."""


@dataclass(frozen=True)
class Told:
    """A fault in words."""

    code: str
    title: str
    means: str
    advice: str

    @property
    def is_down(self) -> bool:
        return self.code in DOWN


def told(faults: Iterable[Mapping[str, Any]]) -> list[Told]:
    """Stored faults in the reader's language, the worst first; codes that nobody knows any more are left out."""
    known = [fault for fault in faults if fault["code"] in WORDS]
    return [_told(fault) for fault in sorted(known, key=lambda fault: fault["code"] not in DOWN)]


def _told(fault: Mapping[str, Any]) -> Told:
    facts = defaultdict(lambda: "…", {name: _shown(value) for name, value in fault["facts"].items()})
    return Told(fault["code"], *(str(words) % facts for words in WORDS[fault["code"]]))


def _shown(value: Any) -> str:
    moment = parse_datetime(value) if isinstance(value, str) and value[:4].isdecimal() else None
    if isinstance(moment, datetime):
        return formats.date_format(timezone.localtime(moment), "DATE_FORMAT")
    return str(formats.localize(value))
