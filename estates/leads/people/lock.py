from accounts.models import Agency


def lock_people(agency: Agency) -> None:
    """Until the transaction ends nobody else decides who is who at this agency: neither people nor the filing.

    It holds off writers of the agency's own row, and nobody who merely refers to it.
    """
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
