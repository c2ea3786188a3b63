from django.dispatch import Signal

job_failed = Signal()
"""A job has failed for good.

Sent inside the transaction that says so, with `job`: what a receiver writes stands or falls with it.
"""
