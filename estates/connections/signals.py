from django.dispatch import Signal

connection_ready = Signal()
"""A connection has got a key to use, its first one or a new one.

Sent inside the transaction, with `connection` and `actor` (the person behind it, or None): what a receiver
writes stands or falls with the key.
"""

sync_asked = Signal()
"""Somebody wants to have everything that a connection brings fetched now.

Sent with `connection` and `actor`. A receiver puts the work in line, writes it into the trail and returns the
job; None where the system is none of its own.
"""
