"""Checking a stored key: a job, because nobody should wait for a remote system."""

from accounts.models import User
from estates.connections.clients import client_for
from estates.connections.models import ConnectionKey
from estates.connections.probes import try_out
from estates.connections.replacement import keep_waiting, use_replacement
from estates.connections.systems import REMOTES
from estates.connections.vault import unseal
from estates.connections.verdict import verdict_of
from estates.jobs.models import Job
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.remotes.base import RemoteClient

KIND = "connections.check"


def start_check(key: ConnectionKey, actor: User | None) -> Job:
    """Asks for a check of this key, whatever its standing."""
    connection = key.connection
    return start(
        connection.agency,
        KIND,
        subject=subject_of(key),
        title=str(connection),
        params={"connection": connection.pk, "key": key.pk},
        asked_by=actor,
    )


def subject_of(key: ConnectionKey) -> str:
    """Each key has its own check: a job that is about to end must not stand for the check of a newer key."""
    return f"connection:{key.connection_id}:key:{key.pk}"


def check_key(run: Run) -> None:
    """Asks the remote system about the key. Its errors rise: `jobs` knows which of them to try again."""
    keys = ConnectionKey.objects.select_related("connection__agency")
    key = keys.filter(pk=run.params["key"], connection__agency=run.agency).first()
    if key is None:
        return  # replaced or removed meanwhile: nobody asks any more
    run.report(phase="asking")
    if key.standing == ConnectionKey.Standing.PENDING:
        check_replacement(run, key)
        return
    with client_for(key.connection, RemoteClient) as client:
        REMOTES[key.connection.system].ask(client)


def check_replacement(run: Run, key: ConnectionKey) -> None:
    """A replacement that is accepted takes the place of the key in use; else it waits, with the reason."""
    connection = key.connection
    error = try_out(connection.system, connection.environment, unseal(key.ciphertext))
    verdict = verdict_of(error)
    with run.step():
        if verdict.accepts:
            use_replacement(key, run.job.asked_by, verdict)
        else:
            keep_waiting(key, verdict)
    if error:
        raise error
