"""Rounds: what has to look at every old row now and then looks at some thousand at a time, and begins again at the end.

So a look costs the same however large the table has become. A round begins anew with the process, which does no harm:
whoever goes round does the same for a row the second time.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select


class Rounds:
    """Goes round the rows of one table by their numbers."""

    def __init__(self, column: ColumnElement[int], *, rows: int) -> None:
        self._column = column
        self._highest = select(func.max(column))
        self._rows = rows
        self._after = 0

    def next(self, connection: Connection) -> ColumnElement[bool]:
        """Return the condition that holds for the next numbers, at most so many."""
        highest: Any = connection.execute(self._highest).scalar_one()
        after, until = self._after, self._after + self._rows
        self._after = 0 if highest is None or until >= highest else until
        return self._column.between(after + 1, until)
