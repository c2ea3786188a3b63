"""Why something is not done about a feed file, in words for who asked."""

from django.utils.functional import Promise


class NotNow(Exception):
    """The file is not, or no longer, in the state that this needs; `words` say why."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


class Refused(Exception):
    """A file that is not taken; `words` are a whole sentence, `status` that of HTTP. Nothing of it is kept."""

    status = 422

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


class TooLarge(Refused):
    status = 413
