"""The list of where a report's numbers come from, each named once."""

from datetime import date, timedelta

from headgate.planner.report import SourceLine

FRESH_FOR = timedelta(days=365)
"""After a year a figure is shown as out of date, whatever it is."""


class Sources:
    """Collects sources while a report is written."""

    def __init__(self, today: date) -> None:
        """Judge staleness by `today`."""
        self._today = today
        self._index: dict[tuple[str, str, str | None], int] = {}

    def index(self, what: str, at: str | None, checked: str | None) -> int | None:
        """The number of a source in the list; `None` for none."""
        if at is None:
            return None
        return self._index.setdefault((what, at, checked), len(self._index))

    def lines(self) -> tuple[SourceLine, ...]:
        """The list."""
        return tuple(
            SourceLine(what=what, at=at, checked=checked, is_stale=self._is_stale(checked))
            for what, at, checked in self._index
        )

    def _is_stale(self, checked: str | None) -> bool:
        try:
            return checked is not None and date.fromisoformat(checked) < self._today - FRESH_FOR
        except ValueError:
            return False
