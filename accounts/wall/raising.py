"""Putting the wall up, or away: after each migration, as the owner of the tables."""

from __future__ import annotations

from hashlib import blake2b

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.wall.policies import conditions

NAME = "of_the_agency"
GRANTS = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
)
"""What the portal's processes need. TRUNCATE is not among it: it asks no policy."""
USUAL = {
    "has_schema_privilege(%s, current_schema(), 'USAGE')": "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "has_database_privilege(%s, current_database(), 'TEMPORARY')": "GRANT TEMPORARY ON DATABASE {database} TO {role}",
}
"""And what everybody has as a rule, which not every owner of tables may give: by the question whether it is there."""
SHARP = (
    "ts_match_vq(tsvector, tsquery)",
    "array_to_tsvector(text[])",
    "string_to_array(text, text)",
    "numeric_eq(numeric, numeric)",
    "numeric_lt(numeric, numeric)",
    "numeric_le(numeric, numeric)",
    "numeric_gt(numeric, numeric)",
    "numeric_ge(numeric, numeric)",
)
"""Functions in conditions that an index answers. Behind a policy PostgreSQL uses an index only for what it is told
tells nothing of the rows that it is given; of these it is not told so."""


class WallError(Exception):
    """The wall cannot stand, and why."""


def settle() -> list[str]:
    """Puts the wall up for the role of the settings, or away where there is none. Returns what to tell an operator.

    Raises `WallError`. To be called as the owner.
    """
    if connection.vendor != "postgresql":
        return []
    role = settings.DATABASE_ROLE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [NAME])
        if not role:
            for table in sorted(_standing(cursor)):
                _take_down(cursor, table)
            return []
        _have_role(cursor, role)
        for table, condition in sorted(conditions().items()):
            _put_up(cursor, table, condition)
        return _sharpen(cursor)


def let_in() -> None:
    """Gives the role of the settings what it needs in a database that was just restored: copies hold no rights."""
    if connection.vendor == "postgresql" and settings.DATABASE_ROLE:
        with transaction.atomic(), connection.cursor() as cursor:
            _have_role(cursor, settings.DATABASE_ROLE)


def gaps() -> list[str]:
    """Tables of agencies that are not behind the wall, as whoever asks; nothing where it is whole."""
    with connection.cursor() as cursor:
        standing = _standing(cursor)
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ((is_above,),) = cursor.fetchall()
    wanted = {table: _name(condition) for table, condition in conditions().items()}
    return sorted(table for table, name in wanted.items() if is_above or standing.get(table) != name)


def _standing(cursor: CursorWrapper) -> dict[str, str]:
    """By table the name of our policy on it; only where it is in force, for the owner too."""
    cursor.execute(
        "SELECT relname, polname FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid "
        "WHERE relnamespace = current_schema()::regnamespace AND polname LIKE %s "
        "AND relrowsecurity AND relforcerowsecurity",
        [f"{NAME}\\_%"],
    )
    return dict(cursor.fetchall())


def _put_up(cursor: CursorWrapper, table: str, condition: str) -> None:
    """Locks the table only where something is to be changed."""
    cursor.execute(
        "SELECT to_regclass(%s) IS NOT NULL, "
        "ARRAY(SELECT polname::text FROM pg_policy WHERE polrelid = to_regclass(%s))",
        [f'"{table}"', f'"{table}"'],
    )
    is_there, policies = cursor.fetchone()
    name = _name(condition)
    if not is_there or _standing(cursor).get(table) == name:
        return
    for old in policies:
        if old.startswith(NAME):
            cursor.execute(f'DROP POLICY "{old}" ON "{table}"')
    cursor.execute(f'CREATE POLICY "{name}" ON "{table}" USING ({condition}) WITH CHECK ({condition})')
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')


def _take_down(cursor: CursorWrapper, table: str) -> None:
    name = _standing(cursor)[table]
    cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY')
    cursor.execute(f'DROP POLICY "{name}" ON "{table}"')


def _name(condition: str) -> str:
    """Says what it does: a policy that was made of another condition has another name."""
    return f"{NAME}_{blake2b(condition.encode(), digest_size=6).hexdigest()}"


def _have_role(cursor: CursorWrapper, role: str) -> None:
    quoted = connection.ops.quote_name(role)
    cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role])
    found = cursor.fetchone()
    cursor.execute(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = session_user",
    )
    ((may_make,),) = cursor.fetchall()
    if found is None and not may_make:
        raise WallError(
            f"DATABASE_ROLE names {role}, which is not there, and this login may not make it. As an administrator: "
            f"CREATE ROLE {quoted} NOLOGIN; GRANT {quoted} TO CURRENT_LOGIN; and migrate again."
        )
    if found and found[0]:
        raise WallError(f"DATABASE_ROLE names {role}, which row-level security does not hold back.")
    if found is None:
        try:
            with transaction.atomic():
                cursor.execute(f"CREATE ROLE {quoted} NOLOGIN")
        except IntegrityError:
            pass  # another database of this server was first, just now
    cursor.execute("SELECT pg_has_role(session_user, %s, 'MEMBER')", [role])
    if not cursor.fetchone()[0]:
        cursor.execute(f"GRANT {quoted} TO SESSION_USER")
    cursor.execute("SELECT current_schema(), current_database()")
    schema, database = map(connection.ops.quote_name, cursor.fetchone())
    missing = []
    for question, grant in USUAL.items():
        cursor.execute(f"SELECT {question}", [role])
        if not cursor.fetchone()[0]:
            missing.append(grant)
    for grant in (*missing, *GRANTS):
        cursor.execute(grant.format(role=quoted, schema=schema, database=database))


def _sharpen(cursor: CursorWrapper) -> list[str]:
    """Lets indexes answer as they did before the wall; who is no superuser is told what to ask one for."""
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE NOT proleakproof AND oid = ANY (%s::regprocedure[])",
        [list(SHARP)],
    )
    blunt = [function for (function,) in cursor.fetchall()]
    statements = [f"ALTER FUNCTION pg_catalog.{function} LEAKPROOF;" for function in blunt]
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")
    if not cursor.fetchone()[0]:
        return statements and [
            "Searching by words and prices is slower behind the wall until a superuser has run, in this database:",
            *statements,
        ]
    for statement in statements:
        cursor.execute(statement)
    return []
