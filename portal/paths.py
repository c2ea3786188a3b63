"""Where machines call. Free of imports: the WSGI entry needs it before Django is set up."""

MACHINES = ("/webhooks/", "/feeds/")
"""Below these only remote systems and other portals call."""
PARTNERS = "/api/"
"""Below here only partners' software calls."""
PROBES = ("/healthz", "/readyz", "/metrics")
"""What load balancers, supervisors and Prometheus ask, by whatever address they know."""
