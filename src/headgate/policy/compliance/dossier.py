"""All that is known of one target, for whatever day and policies it is asked about."""

from collections.abc import Iterable, Mapping
from datetime import date

from headgate.catalog.provider_facts import Figure, published
from headgate.policy.compliance.policy import Applying
from headgate.policy.compliance.standing import Signed, Standing, standing

SECONDS_A_DAY = 86_400
MOST_REMEMBERED = 1024
_EPOCH = date(1970, 1, 1).toordinal()


def day_of(unix: float) -> date:
    """The day in UTC."""
    return date.fromordinal(_EPOCH + int(unix // SECONDS_A_DAY))


class Dossier:
    """What was signed with, and what is published of, whoever answers at one address.

    The same answer is the same object, so that verdicts can be remembered by it.
    """

    def __init__(
        self, signed: Signed, *, host: str | None, paths: Iterable[str] = (), audit_log: bool
    ) -> None:
        """Of a target at `host`, which is asked at `paths`; `None` is known to nobody."""
        self._signed, self._host, self._paths = signed, host, tuple(paths)
        self._audit_log = audit_log
        self._whole: dict[tuple[str | None, date], Standing] = {}
        self._parts: dict[tuple[int, str, int], tuple[object, Standing]] = {}

    def published(self, model: str | None) -> Mapping[str, Figure]:
        """What its provider publishes, out of date or not."""
        return {} if self._host is None else published(self._host, model, self._paths)

    def on(self, day: date, model: str | None) -> Standing:
        """Every fact on a day; of a model that is `None`, which may be any, the worst."""
        known = self._whole.get((model, day))
        if known is None:
            if len(self._whole) >= MOST_REMEMBERED:
                # Clients may name models, where a target leaves that to them.
                self._whole.clear()
            figures = self.published(model)
            known = standing(self._signed, figures, day, audit_log=self._audit_log)
            self._whole[model, day] = known
        return known

    def asked(self, policies: tuple[Applying, ...], model: str, unix: float) -> Standing:
        """The facts that some policies ask for, at a time in seconds."""
        key = (id(policies), model, int(unix // SECONDS_A_DAY))
        found = self._parts.get(key)
        if found is not None and found[0] is policies:
            return found[1]
        whole = self.on(day_of(unix), model)
        names = {"baa_excludes", "opted_in"}.union(*(each.policy.facts for each in policies))
        part = Standing(whole.day, tuple(each for each in whole.said if each[0] in names))
        if len(self._parts) >= MOST_REMEMBERED:
            self._parts.clear()
        self._parts[key] = (policies, part)
        return part
