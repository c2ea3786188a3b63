import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User


@pytest.fixture
def operator(db) -> User:
    return User.objects.create_superuser("operator@passerelle.example", name="Odile", language="en")


@pytest.fixture
def admin_browser(operator) -> Client:
    client = Client()
    client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def helper(db):
    """`helper("jobs.view_job")` is the browser of an operator who may do that and no more."""

    def make(*permissions: str) -> Client:
        person = User.objects.create_user(
            "helper@passerelle.example", name="Hugo", language="en", is_staff=True
        )
        for permission in permissions:
            app, codename = permission.split(".")
            person.user_permissions.add(
                Permission.objects.get(content_type__app_label=app, codename=codename)
            )
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
