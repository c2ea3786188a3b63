"""Something that waits for a person."""

from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.roles import Role


@dataclass(frozen=True)
class Need:
    """What it is about, a sentence, the remote's words, and where to mend it.

    `subject` is that of the jobs whose failure it tells already. Who has less than `least_role` may not go
    where it is mended, and is not told.
    """

    about: str
    sentence: str | Promise
    words: str
    url: str
    subject: str = ""
    least_role: Role = Role.VIEWER
