from django.dispatch import Signal

connection_ready = Signal()
"""A connection has got a key to use, its first one or a new one.

Sent inside the transaction, with `connection` and `actor` (the person behind it, or None): what a receiver
writes stands or falls with the key.
"""
