"""Names of XML without what namespaces put before them: feeds use several, or none, or take them back half-way."""

MOST_KEPT = 5000


def local(name: str) -> str:
    """`immobilie` of `immobilie`, `oi:immobilie` and `{http://www.openimmo.de}immobilie`."""
    return name.rpartition("}")[2].rpartition(":")[2]


class _Names(dict[str, str]):
    def __missing__(self, name: str) -> str:
        plain = local(name)
        if len(self) < MOST_KEPT:
            self[name] = plain
        return plain


LOCAL = _Names()
"""`local` as a mapping, which is what a feed of millions of elements needs; it remembers a bounded number."""
