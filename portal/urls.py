from django.contrib import admin
from django.urls import include, path

from portal import views
from portal.api.api import api
from portal.health.views import healthz, readyz
from portal.impersonation.views import stop
from portal.metrics.views import metrics

urlpatterns = [
    # First, because it is asked most.
    path("api/v1/", api.urls),
    path("", views.home, name="home"),
    path("agencies/<slug:slug>/", views.dashboard, name="dashboard"),
    path("agencies/<slug:slug>/needs/", views.needs_number, name="needs_number"),
    path("agencies/<slug:slug>/pictures/leads/", views.leads_picture, name="leads_picture"),
    path("agencies/<slug:slug>/pictures/estates/", views.estates_picture, name="estates_picture"),
    path("agencies/<slug:slug>/pictures/syndication/", views.syndication_picture, name="syndication_picture"),
    path("agencies/<slug:slug>/pictures/jobs/", views.jobs_picture, name="jobs_picture"),
    path("agencies/<slug:slug>/pictures/connections/", views.connections_picture, name="connections_picture"),
    path("agencies/<slug:slug>/estates/<int:pk>/passport/", views.passport, name="passport"),
    path("agencies/<slug:slug>/estates/", include("estates.catalogue.urls")),
    path("agencies/<slug:slug>/leads/", include("estates.leads.urls")),
    path("agencies/<slug:slug>/syndication/", include("estates.syndication.urls")),
    path("agencies/<slug:slug>/sites/", include("estates.wordpress.urls")),
    path("agencies/<slug:slug>/support/", include("support.urls")),
    path("agencies/<slug:slug>/jobs/", include("estates.jobs.urls")),
    path("agencies/<slug:slug>/settings/connections/", include("estates.connections.urls")),
    path("agencies/<slug:slug>/settings/webhooks/", include("estates.webhooks.urls")),
    path("agencies/<slug:slug>/settings/", include("accounts.urls")),
    path("", include("accounts.people_urls")),
    path("guide/", include("portal.guide.urls")),
    path("operator/mails/", include("portal.mails.urls")),
    path("developers/", include("portal.developers.urls")),
    path("webhooks/", include("estates.leads.webhook_urls")),
    path("feeds/", include("estates.syndication.outlet_urls")),
    path("account/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("impersonation/stop/", stop, name="impersonation_stop"),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
