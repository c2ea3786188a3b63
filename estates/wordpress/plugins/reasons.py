"""Why a plugin's file is refused: each reason with its sentence for people."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    OTHER_BYTES = "other_bytes", _("Its bytes are not those that Ts-Immo signed.")
    NOT_A_ZIP = "not_a_zip", _("It is no zip archive, or only a part of one.")
    DAMAGED = "damaged", _("The archive contradicts itself: some of its content is not what its list says.")
    UNKNOWN_FORM = "unknown_form", _("The archive is packed in a way that WordPress does not reliably open.")
    TOO_MANY = "too_many", _("The archive has more entries than any plugin needs.")
    TOO_LARGE = "too_large", _("Unpacked, the archive would fill far more space than any plugin needs.")
    OVERLAP = (
        "overlap",
        _("Entries of the archive lie on top of each other, as in an archive made to fill disks."),
    )
    PATH = (
        "path",
        _("The archive would write outside of the plugin's folder, or under a name that hides something."),
    )
    LINK = "link", _("The archive has links or devices in it where only files belong.")
    ENCRYPTED = "encrypted", _("Parts of the archive are encrypted, so that nobody can look into them.")
    DUPLICATE = (
        "duplicate",
        _("Two entries of the archive have the same name: which one would win is left to chance."),
    )
    FOLDERS = "folders", _("The archive is not one folder with a plugin in it.")
    NO_HEADER = "no_header", _("There is no WordPress plugin in it.")
    OTHER_VERSION = "other_version", _("The plugin in it says that it is another version.")


class Unfit(Exception):
    """An archive that is not given to anybody; `detail` says where, for operators, and comes from the archive."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail[:500]
