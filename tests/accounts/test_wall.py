"""The second wall: what PostgreSQL shows to a statement that no manager has looked after."""

import threading
from io import StringIO

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection, connections, models, transaction
from django.test.utils import isolate_apps

from accounts import prepared, scope
from accounts.models import Agency, AuditChain
from accounts.tenancy import TenantModel
from accounts.wall import raising
from accounts.wall.base import DatabaseWrapper
from accounts.wall.owner import as_owner
from accounts.wall.policies import conditions
from estates.jobs.models import Job, JobEvent
from estates.jobs.start import start

OPEN = {
    "accounts_agency",
    "accounts_membership",
    "accounts_user",
    "accounts_user_groups",
    "accounts_user_user_permissions",
    "jobs_pulse",
    "leads_keylease",
    "wordpress_pluginfile",
    "wordpress_sitepace",
}
"""Tables of ours in which nothing is an agency's alone. Whoever adds one says here that it is so."""

walled = pytest.mark.skipif(
    not isinstance(connections["default"], DatabaseWrapper),
    reason="needs PostgreSQL with DATABASE_ROLE: SQLite has no row-level security (make test-services)",
)
kept_open = pytest.mark.django_db(transaction=True)


def test_every_table_of_a_tenant_has_a_policy():
    tenants = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)}
    assert len(tenants) > 50
    assert tenants <= conditions().keys()


def test_a_table_without_a_policy_is_named_as_open():
    ours = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.partition(".")[0] in ("accounts", "estates", "portal", "support")
    }
    assert ours - conditions().keys() == OPEN


@isolate_apps("accounts")
def test_a_new_model_of_an_agency_is_behind_the_wall_by_itself():
    meta = type("Meta", (), {"app_label": "accounts"})

    def model(name: str, **fields: models.Field) -> type[models.Model]:
        return type(name, (models.Model,), {"__module__": __name__, "Meta": meta, **fields})

    agency = model("Agency")
    parent = model("Parent", agency=models.ForeignKey(agency, models.CASCADE))
    firm = models.ForeignKey(parent, models.CASCADE)
    model("Child", parent=firm, other=models.ForeignKey(parent, models.SET_NULL, null=True, related_name="+"))
    found = conditions(parent._meta.apps, agency)
    assert '"agency_id"' in found["accounts_parent"]
    assert found["accounts_child"] == (
        'EXISTS (SELECT FROM "accounts_parent" parent WHERE parent."id" = "accounts_child"."parent_id")'
        ' AND ("accounts_child"."other_id" IS NULL OR '
        'EXISTS (SELECT FROM "accounts_parent" parent WHERE parent."id" = "accounts_child"."other_id"))'
    )


@pytest.fixture
def rows(agency, other_agency):
    """One job of each agency, with an event."""
    return start(agency, "connections.check"), start(other_agency, "connections.check")


def seen(table: str = "jobs_job", column: str = "agency_id") -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY 1")  # noqa: S608
        return [number for (number,) in cursor.fetchall()]


def sees(agency: Agency, other: Agency) -> bool:
    """What a statement sees under each scope, one after the other on this connection."""
    with scope.nothing():
        before = seen()
    with scope.of_agency(agency.pk):
        mine = seen()
    with scope.of_agency(other.pk):
        theirs = seen()
    with scope.across():
        both = seen()
    with scope.nothing():
        after = seen()
    assert (before, mine, theirs, both, after) == (
        [],
        [agency.pk],
        [other.pk],
        [agency.pk, other.pk],
        [],
    )
    return True


@walled
@kept_open
def test_a_raw_query_without_an_agency_sees_nothing(rows):
    with scope.nothing():
        assert seen() == []
        assert seen("jobs_jobevent", "job_id") == []
        assert not Job.objects.across_agencies().exists()


@walled
@kept_open
def test_on_a_new_connection(rows, agency, other_agency):
    connection.close()
    with scope.nothing():
        assert seen() == []
    assert sees(agency, other_agency)


@walled
@kept_open
def test_in_autocommit(rows, agency, other_agency):
    assert connection.get_autocommit()
    assert sees(agency, other_agency)


@walled
@kept_open
def test_in_a_transaction_and_after_it(rows, agency, other_agency):
    with scope.of_agency(agency.pk), transaction.atomic():
        assert sees(agency, other_agency)
        assert seen() == [agency.pk]
    assert sees(agency, other_agency)


@walled
@kept_open
def test_after_a_rollback(rows, agency, other_agency):
    with scope.of_agency(agency.pk), transaction.atomic():
        assert seen() == [agency.pk]
        transaction.set_rollback(True)
    assert sees(agency, other_agency)


@walled
@kept_open
def test_after_a_rollback_to_a_savepoint(rows, agency, other_agency):
    with transaction.atomic():
        with scope.of_agency(agency.pk):
            assert seen() == [agency.pk]
            with transaction.atomic(), scope.of_agency(other_agency.pk):
                assert seen() == [other_agency.pk]
                transaction.set_rollback(True)
            assert seen() == [agency.pk]
        assert sees(agency, other_agency)


@walled
@kept_open
def test_after_a_statement_that_failed(rows, agency, other_agency):
    with transaction.atomic(), scope.of_agency(agency.pk):
        with pytest.raises(DatabaseError), transaction.atomic(), scope.of_agency(other_agency.pk):
            seen("no_such_table")
        assert seen() == [agency.pk]
    with pytest.raises(DatabaseError), scope.of_agency(agency.pk):
        seen("no_such_table")
    assert sees(agency, other_agency)


@walled
@kept_open
def test_from_a_second_thread(rows, agency, other_agency):
    told = []

    def look():
        try:
            told.append((scope.current(), seen()))
        finally:
            connection.close()

    with scope.of_agency(agency.pk):
        # A method of an object that no test module made: it begins with nothing, as in the portal.
        plain, keeping = threading.Thread(), threading.Thread(target=scope.kept(look))
        plain.run = look
        for thread in (plain, keeping):
            thread.start()
            thread.join()
    assert told == [(scope.NOTHING, []), (str(agency.pk), [agency.pk])]


@walled
@kept_open
def test_rows_that_are_fetched_piece_by_piece(rows, agency, other_agency):
    jobs = Job.objects.across_agencies()
    with scope.of_agency(agency.pk):
        assert [job.agency_id for job in jobs.iterator(chunk_size=1)] == [agency.pk]
    with transaction.atomic(), scope.of_agency(other_agency.pk):
        assert [job.agency_id for job in jobs.iterator(chunk_size=1)] == [other_agency.pk]
    assert sees(agency, other_agency)


@walled
@kept_open
def test_a_cursor_goes_on_in_the_scope_that_it_was_opened_in(rows, agency, other_agency):
    start(other_agency, "connections.check")
    with transaction.atomic():
        jobs = Job.objects.across_agencies().order_by("agency_id").iterator(chunk_size=1)
        found = [next(jobs).agency_id]
        with scope.of_agency(agency.pk):
            assert seen() == [agency.pk]
            found += [job.agency_id for job in jobs]
    assert found == [agency.pk, other_agency.pk, other_agency.pk]


@walled
@kept_open
def test_statements_that_are_planned_once(rows, agency, other_agency):
    def asked() -> list[int]:
        return [pk for (pk,) in prepared.ask("SELECT agency_id FROM jobs_job ORDER BY 1", [])]

    for _ in range(7):  # from the fifth on the server has its plan
        with scope.of_agency(agency.pk):
            assert asked() == [agency.pk]
        with scope.nothing():
            assert asked() == []
        with transaction.atomic(), scope.of_agency(other_agency.pk):
            assert asked() == [other_agency.pk]
        assert sees(agency, other_agency)
    with scope.of_agency(agency.pk):
        connection.close()
        assert asked() == [agency.pk]


@walled
@kept_open
def test_many_at_once(rows, agency, other_agency):
    with scope.of_agency(agency.pk), connection.cursor() as cursor:
        cursor.executemany("UPDATE jobs_job SET title = %s WHERE id = %s", [("x", job.pk) for job in rows])
    assert seen(column="title") == ["", "x"]


@walled
@kept_open
@pytest.mark.parametrize("in_transaction", [False, True])
def test_nothing_is_written_for_another_agency(rows, agency, other_agency, in_transaction):
    mine, theirs = rows

    def tries(deed):
        with transaction.atomic() if in_transaction else scope.of_agency(agency.pk):
            return deed()

    with scope.of_agency(agency.pk):
        for deed in (
            lambda: Job.objects.create(agency=other_agency, kind="connections.check"),
            lambda: Job.objects.across_agencies().filter(pk=mine.pk).update(agency=other_agency),
            lambda: JobEvent.objects.create(job_id=theirs.pk, event="asked"),
            lambda: JobEvent.objects.filter(job=mine).update(job_id=theirs.pk),
        ):
            with pytest.raises(ProgrammingError, match="row-level security"):
                tries(deed)
        assert Job.objects.across_agencies().filter(pk=theirs.pk).update(title="taken") == 0
        assert Job.objects.across_agencies().filter(pk=theirs.pk).delete()[0] == 0
        assert JobEvent.objects.filter(job_id=theirs.pk).delete()[0] == 0
    theirs.refresh_from_db()
    assert (theirs.title, theirs.agency_id, theirs.events.count()) == ("", other_agency.pk, 1)


@walled
@kept_open
def test_nothing_is_written_where_nothing_is_declared(rows, agency):
    with scope.nothing(), pytest.raises(ProgrammingError, match="row-level security"):
        AuditChain.objects.create(agency=agency)


@walled
@kept_open
@pytest.mark.parametrize(
    "statement", ["TRUNCATE jobs_job CASCADE", "ALTER TABLE jobs_job DISABLE ROW LEVEL SECURITY"]
)
def test_what_asks_no_policy_is_not_for_the_portals_role(rows, statement):
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@walled
@kept_open
def test_a_look_that_goes_past_django_sees_nothing_either(rows):
    with psycopg.connect(
        connection.get_connection_params()["host"] and connection.connection.info.dsn
    ) as plain:
        plain.execute(f'SET ROLE "{connection.settings_dict["OPTIONS"]["assume_role"]}"')
        assert plain.execute("SELECT count(*) FROM jobs_job").fetchone() == (0,)


@walled
@kept_open
def test_the_wall_is_whole_and_a_gap_is_named(rows):
    assert raising.gaps() == []
    with as_owner():
        assert len(raising.gaps()) == len(conditions())  # a superuser stands above it
    try:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE jobs_job NO FORCE ROW LEVEL SECURITY")
        assert raising.gaps() == ["jobs_job"]
    finally:
        with as_owner():
            raising.settle()
    assert raising.gaps() == []


@walled
@kept_open
def test_the_wall_goes_and_comes_back(rows, settings, agency, other_agency):
    role = settings.DATABASE_ROLE
    settings.DATABASE_ROLE = ""
    try:
        with as_owner():
            assert raising.settle() == []
        with scope.nothing():
            assert seen() == [agency.pk, other_agency.pk]
    finally:
        settings.DATABASE_ROLE = role
        call_command("migrate", verbosity=0, stdout=StringIO())
    assert sees(agency, other_agency)


@walled
@kept_open
def test_a_role_that_stands_above_the_wall_is_refused(settings):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        (settings.DATABASE_ROLE,) = cursor.fetchone()
        with pytest.raises(raising.WallError, match="does not hold back"):
            raising.settle()


@walled
@kept_open
def test_logs_show_the_statement_as_it_was_asked(rows, django_assert_num_queries):
    with django_assert_num_queries(1) as asked, scope.of_agency(rows[0].agency_id):
        seen()
    assert asked[0]["sql"] == "SELECT agency_id FROM jobs_job ORDER BY 1"
