"""Row-level security of PostgreSQL: what the managers forget, the database refuses.

`base` is the database backend that tells each statement's scope, `policies` what the tables let through,
`raising` puts both in place. Without `DATABASE_ROLE` none of it is there.
"""
