from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from accounts.scope import across
from estates.jobs.kinds import job_kind
from estates.jobs.run import Run
from estates.wordpress import asking, ending_mail, endings, replay
from estates.wordpress.health import asking as health_asking
from estates.wordpress.health import due
from estates.wordpress.health.retention import forget_old_looks as forget_looks
from estates.wordpress.plugins import fetching, looking, retention
from estates.wordpress.proof import enrolment, finding, pace, proving
from estates.wordpress.switching import ACTIVATE, DEACTIVATE

ASKING = {"asking": _("Asking Ts-Immo")}


@job_kind(ACTIVATE, _("Activation of a site"), phases=ASKING, least_role=Role.MANAGER)
def activate(run: Run) -> None:
    asking.activate(run)


@job_kind(DEACTIVATE, _("Deactivation of a site"), phases=ASKING, least_role=Role.MANAGER)
def deactivate(run: Run) -> None:
    asking.deactivate(run)


@job_kind(replay.KIND, _("Replay of all estates"), phases=ASKING, least_role=Role.MANAGER)
def replay_all(run: Run) -> None:
    replay.replay_all(run)


@job_kind(looking.KIND, _("Look at the plugins"), phases=ASKING)
def look_at_plugins(run: Run) -> None:
    looking.look(run)


@job_kind(
    looking.FETCH_KIND, _("Fetching a plugin"), phases={"fetching": _("Fetching and examining the file")}
)
def fetch_plugin(run: Run) -> None:
    fetching.fetch(run)


@shared_task(name="wordpress.look_at_all_plugins")
@across()
def look_at_all_plugins() -> None:
    looking.start_daily_looks()


@shared_task(name="wordpress.forget_old_plugins")
@across()
def forget_old_plugins() -> None:
    retention.forget_old_files()


@job_kind(
    endings.MAIL,
    _("Mail that a site's plan ends"),
    phases={"mailing": _("Mailing")},
    least_role=Role.MANAGER,
)
def mail_ending(run: Run) -> None:
    ending_mail.send(run)


@shared_task(name="wordpress.warn_of_endings")
@across()
def warn_of_endings() -> None:
    endings.warn_of_endings()


@job_kind(health_asking.LOOK, _("Look at a site"), phases={"looking": _("Visiting the site")})
def look(run: Run) -> None:
    health_asking.look(run)


@shared_task(name="wordpress.look_at_due_sites")
@across()
def look_at_due_sites() -> None:
    due.look_at_due_sites(lambda: look_at_due_sites.apply_async(retry=False, expires=due.NUDGE_LASTS))


@shared_task(name="wordpress.forget_old_looks")
@across()
def forget_old_looks() -> None:
    forget_looks()


@job_kind(proving.KIND, _("Look at an estate's page"), phases={"looking": _("Fetching the page")})
def prove(run: Run) -> None:
    proving.prove(run)


@job_kind(
    finding.KIND,
    _("Find the estates' pages"),
    phases={"sitemaps": _("Reading the site's sitemaps"), "pages": _("Looking at pages, a few each minute")},
    least_role=Role.MANAGER,
)
def find_addresses(run: Run) -> None:
    finding.find_addresses(run)


@shared_task(name="wordpress.enrol_estates")
@across()
def enrol_estates() -> None:
    enrolment.enrol_estates()
    pace.forget_old_paces()


@shared_task(name="wordpress.prove_due_estates")
@across()
def prove_due_estates() -> None:
    proving.prove_due_estates()
