"""Pieces of the sandbox's page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


def table(head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>"


def form(action: str, button: str, *fields: str) -> str:
    return (
        f'<form method="post" action="/__sandbox/{action}">{"".join(fields)}<button>{button}</button></form>'
    )


def select(name: str, options: Iterable[str]) -> str:
    choices = "".join(
        f'<option value="{escape(option)}">{escape(option) or "any"}</option>' for option in options
    )
    return f'<label>{name}<select name="{name}">{choices}</select></label>'


def field(name: str, value: str) -> str:
    return f'<label>{name}<input name="{name}" value="{escape(value)}"></label>'


def hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'
