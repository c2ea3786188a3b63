"""Who counts as the reader of an address."""

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts import people
from accounts.access import membership_of
from accounts.models import Membership, User
from accounts.roles import Role


def test_a_created_person_can_log_in(db, logged_in):
    people.create_person("Ana@Example.org", "Ana", "correct horse battery")
    assert logged_in(User.objects.get(email="ana@example.org"))


def test_a_person_without_password_has_none_that_works(db, client):
    user = people.create_person("ana@example.org")
    assert not user.has_usable_password()


@pytest.mark.parametrize("proof", ["last_login", "is_staff", "membership", "verified"])
def test_an_account_in_use_is_never_taken_over(agency, proof):
    user = User.objects.create_user("ana@example.org", "old password")
    assert people.person_with("ana@example.org") is None
    if proof == "membership":
        Membership.objects.create(agency=agency, user=user, role=Role.VIEWER)
    elif proof == "verified":
        EmailAddress.objects.create(user=user, email="other@example.org", verified=True)
    else:
        User.objects.filter(pk=user.pk).update(**{proof: timezone.now() if proof == "last_login" else True})
    assert people.person_with("ANA@example.org") == user


def test_a_second_verified_address_finds_the_person(person):
    ana = person()
    EmailAddress.objects.create(user=ana, email="second@example.org", verified=True)
    EmailAddress.objects.create(user=ana, email="waiting@example.org", verified=False)
    assert people.person_with("Second@example.org") == ana
    assert people.person_with("waiting@example.org") is None
    assert people.owns_address(ana, "SECOND@example.org")
    assert not people.owns_address(ana, "waiting@example.org")


@pytest.mark.parametrize("slug", ["", "no-such", "MARTIN", "martin ", "martin\0"])
def test_membership_of_a_wrong_slug_is_404(agency, member, slug, client):
    path = f"/agencies/{slug}/settings/"
    client.force_login(member(agency))
    assert client.get(path).status_code == 404
    assert membership_of(member(agency), agency.slug).role == Role.OWNER
