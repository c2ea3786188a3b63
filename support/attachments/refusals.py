"""Why a file is not taken."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOT_KEPT = _("The file was not kept.")
OTHER_CONTENT = _("What is in it does not fit the ending of its name.")
DAMAGED = _("It is damaged, or only a part of it has come.")


class Refused(Exception):
    """A file that is not taken; `words` say what is wrong with it, as a whole sentence."""

    status = 422

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = str(words)

    @property
    def sentence(self) -> str:
        return f"{self.words} {NOT_KEPT}"


class TooLarge(Refused):
    """The file alone is over the limit."""

    status = 413
