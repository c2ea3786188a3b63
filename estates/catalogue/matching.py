"""Free text: the rows in whose words all words of a text occur, each as a beginning.

A list of the newest rows with two common words is found soonest by walking along the dates; one with a
rare word only through the word index, and no planner knows which is which. So the newest rows are looked
at first: where many of them match, walking it is.
"""

from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import BooleanField, Case, CharField, Count, F, Func, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, StrIndex

from accounts.models import Agency
from estates.catalogue.models import Estate
from estates.catalogue.words import WORD_LENGTH, normalise

LOOKED_AT = 1500
"""Rows that are looked at to learn how common the words are."""
COMMON = 40
"""Matches among these from which on the words are common: a page of them is never far."""
FOUND = 1000
"""Matches up to which the word index gives the list; with more of them, one is never far again."""
WORDS = 8


class Searched(NamedTuple):
    """A table that is searched: its model, the column that dates a row, and SQLite's table of its words."""

    model: type[Any]
    dated: str
    words: str

    def rows(self, agency: Agency) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model.objects.for_agency(agency)
        return found


ESTATES = Searched(Estate, "created_at", "catalogue_words")


class Matches(NamedTuple):
    """The rows that match, without an order. `known` of them were counted on the way (None: not counted),
    and that is all of them unless `more`.
    """

    rows: QuerySet[Any]
    known: int | None = None
    more: bool = False


class Looked(NamedTuple):
    """How many of the newest rows were looked at, how many have all the words, and how many each word."""

    at: int
    hits: int
    each: list[int]


class HasWords(Func):
    """PostgreSQL: the expression of the indexes on words, which must be repeated to the letter."""

    output_field = BooleanField()
    conditional = True
    template = (
        "array_to_tsvector(string_to_array("
        "'a' || agency_id::text || 'x' || replace(search_text, ' ', ' a' || agency_id::text || 'x'), ' ')) "
        "@@ %(expressions)s::tsquery"
    )


def words_of(text: str) -> list[str]:
    """The words to look for: at most eight, of at most sixty letters, without accents."""
    return [word[:WORD_LENGTH] for word in normalise(text).split()[:WORDS]]


def matching(agency: Agency, condition: Q, words: list[str], of: Searched = ESTATES) -> Matches:
    """The agency's rows that meet the condition and have all the words."""
    rows = of.rows(agency).filter(condition)
    if not words:
        return Matches(rows)
    walked = rows.filter(having(words))
    looked = _look(rows, words, of.dated)
    if looked.at < LOOKED_AT:
        return Matches(walked, looked.hits)
    if looked.hits >= COMMON:
        return Matches(walked, looked.hits, more=True)
    rare = [word for word, hits in zip(words, looked.each, strict=True) if hits < COMMON]
    keys = _indexed(agency, condition & having(words), rare or words, of)
    if len(keys) > FOUND:
        return Matches(walked, FOUND, more=True)
    return Matches(of.rows(agency).filter(pk__in=keys), len(keys))


def _look(rows: QuerySet[Any], words: list[str], dated: str) -> Looked:
    marks = {f"has_{at}": Case(When(having([word]), then=Value(True))) for at, word in enumerate(words)}
    newest = rows.annotate(**marks).order_by(f"-{dated}", "-pk")[:LOOKED_AT]
    each = {f"hits_{at}": Count("pk", filter=Q((mark, True))) for at, mark in enumerate(marks)}
    seen = newest.aggregate(
        at=Count("pk"), all=Count("pk", filter=Q(*((mark, True) for mark in marks))), **each
    )
    return Looked(seen["at"], seen["all"], [seen[name] for name in each])


def having(words: list[str]) -> Q:
    """Positions instead of LIKE, of which planners believe that nearly nothing matches."""
    text = Concat(Value(" "), F("search_text"), output_field=CharField())
    condition = Q()
    for word in words:
        position = StrIndex(text, Value(f" {word}"))
        condition &= Q(Func(position, template="%(expressions)s > 0", output_field=BooleanField()))
    return condition


def _indexed(agency: Agency, condition: Q, words: list[str], of: Searched) -> list[int]:
    """The keys of the rows that meet the condition and that the word index finds, `FOUND` + 1 at most.

    Of the words of a text only the rare ones belong here: a common one makes a long list to be read in full.
    """
    if connection.vendor != "postgresql":
        query = f"agency_id:{agency.pk} AND " + " AND ".join(f'search_text:"{word}"*' for word in words)
        rows = RawSQL(f"SELECT rowid FROM {of.words} WHERE {of.words} MATCH %s", [query])  # noqa: S608, S611
        indexed = of.rows(agency).filter(condition, pk__in=rows)
        return list(indexed.values_list("pk", flat=True)[: FOUND + 1])
    query = " & ".join(f"'a{agency.pk}x{word}':*" for word in words)
    # The words name the agency already. Asked plainly, the planner would read all the agency's keys as well.
    owned = of.model.objects.across_agencies().annotate(owner=F("agency_id") + 0).filter(owner=agency.pk)
    keys = owned.filter(condition).filter(HasWords(Value(query))).values_list("pk", flat=True)
    with transaction.atomic(), connection.cursor() as cursor:
        # Short of memory, it would forget which rows of a block it found, and read the words of all.
        cursor.execute("SET LOCAL work_mem = '64MB'")
        return list(keys[: FOUND + 1])
