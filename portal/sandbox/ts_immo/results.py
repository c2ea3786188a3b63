"""Results of searches, kept until the stock changes: reading page after page sorts once."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from portal.sandbox.ts_immo.search import Search, found
from portal.sandbox.ts_immo.stock import Estate, Stock

KEPT = 16


class Results:
    def __init__(self, stock: Stock) -> None:
        self._stock = stock
        self._kept: OrderedDict[object, list[Estate]] = OrderedDict()
        self._lock = Lock()

    def of(self, search: Search) -> list[Estate]:
        """Everything that fits, whatever the page. The list is shared: do not change it."""
        stock = self._stock
        key = (stock.version, stock.empty, search.filters, search.orderby, search.order)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = found(stock, search)
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]
