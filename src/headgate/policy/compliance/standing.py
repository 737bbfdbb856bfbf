"""How a target stands: what its operator has signed, and what its provider publishes.

What a provider offers is never enough where somebody has to sign. What was signed until a day
that has passed, and what was published too long ago, counts as unknown.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

from headgate.catalog.provider_facts import Figure, Value

By = Literal["operator", "published", "nobody"]
Signature = Literal["baa", "zdr", "dpa"]
SAID_IN = "`compliance` of the target"
_NO = "none"


class Fact(Struct, frozen=True, gc=False, omit_defaults=True):
    """One fact about a target, and who says so."""

    value: Value | None = None
    """`None` is unknown."""
    by: By = "nobody"
    at: str = ""
    """Where it is said."""
    checked: str | None = None
    """The day it was, as far as that is known."""
    note: str = ""
    """What else there is to say, in words."""


UNKNOWN = Fact()


class Standing(Struct, frozen=True, gc=False):
    """All facts about a target on one day."""

    day: str
    said: tuple[tuple[str, Fact], ...]
    """Facts with their names; no mapping, so that it can be hashed."""

    @property
    def facts(self) -> dict[str, Fact]:
        """The same by name."""
        return dict(self.said)


class Signed(Struct, frozen=True, kw_only=True):
    """What an operator says of a target; `None` is nothing."""

    baa: bool | None = None
    baa_covers: bool | None = None
    """The agreement covers the model and endpoint."""
    retention_accepted: bool | None = None
    dpa: bool | None = None
    transfer: str | None = None
    """The basis of transfers abroad, and where its assessment is."""
    zdr: bool | None = None
    no_training: bool | None = None
    soc2: str | None = None
    """Where the report is."""
    iso27001: str | None = None
    regions_inference: tuple[str, ...] | None = None
    regions_storage: tuple[str, ...] | None = None
    accredited: tuple[str, ...] | None = None
    opted_in: tuple[str, ...] | None = None
    """Labels that may go there."""
    despite_published: frozenset[Signature] = frozenset()
    """Of these it holds what is signed, although the provider publishes that there is none."""
    evidence: str = ""
    until: date | None = None
    """The last day it holds."""


NOTHING_SIGNED = Signed()


def standing(
    signed: Signed, published: Mapping[str, Figure], day: date, *, audit_log: bool
) -> Standing:
    """Every fact about a target on `day`; `audit_log` is the gateway's own."""
    log = Fact(audit_log, "operator", "the configuration")
    facts = (*_Facts(signed, published, day).all(), ("audit_log", log))
    return Standing(day.isoformat(), facts)


class _Facts:
    """Puts together what is signed and what is published.

    A day that passes takes away what lets data through, and never what keeps it back: what was
    signed becomes unknown instead of falling back on what is published, and a published `none`
    stays `none`.
    """

    def __init__(self, signed: Signed, published: Mapping[str, Figure], day: date) -> None:
        self._signed, self._published, self._day = signed, published, day
        self._is_over = signed.until is not None and signed.until < day

    def all(self) -> Iterator[tuple[str, Fact]]:
        zdr = self._signature("zdr")
        yield "zdr", zdr
        yield "baa", self._signature("baa")
        yield "dpa", self._signature("dpa")
        yield "baa_eligible", self._either("baa_covers", "baa_eligible")
        yield "baa_excludes", self._excluded()
        yield "retention_accepted", self._own("retention_accepted")
        yield "transfer", self._evident("transfer") or Fact(note="not said")
        yield "no_training", self._no_training()
        for name in ("soc2", "iso27001"):
            yield name, self._evident(name) or self._audited(name)
        for name in ("regions_inference", "regions_storage"):
            yield name, self._either(name, name)
        for name in ("accredited", "opted_in"):
            yield name, self._own(name)
        for name in ("retention_days", "retention_flagged_days"):
            yield name, _nothing_kept(zdr) or self._figure(name)

    def _said(self, field: str) -> Fact | None:
        """The operator's word on a field; `None` where there is none."""
        value = getattr(self._signed, field)
        if value is None:
            return None
        if self._is_over:
            note = f"said until {self._signed.until}, which has passed"
            return Fact(False if value is False else None, "operator", SAID_IN, note=note)
        return Fact(value, "operator", SAID_IN, note=self._signed.evidence)

    def _signature(self, name: Signature) -> Fact:
        """What somebody has to sign, or to switch on; the provider's `none` outweighs a word."""
        figure = self._published.get(name)
        if figure is not None and figure.value == _NO:
            if name not in self._signed.despite_published:
                return _of(figure, value=False, note="the provider publishes that there is none")
        elif figure is not None and not figure.is_expired(self._day):
            note = _NEEDS_NO_SIGNATURE.get((name, figure.value))
            if note is not None and self._said(name) is None:
                return _of(figure, value=True, note=note)
        return self._said(name) or self._unsaid(
            name, "not active" if name == "zdr" else "not signed"
        )

    def _either(self, field: str, name: str) -> Fact:
        """What needs no signature: the operator's word, else what is published."""
        return self._said(field) or self._figure(name)

    def _excluded(self) -> Fact:
        """What a request must not use. An agreement that covers the model, with nothing published
        of what it leaves out, covers everything."""
        figure, covers = self._published.get("baa_excludes"), self._said("baa_covers")
        if covers is not None and covers.value is True:
            return _covers_all(covers) if figure is None else _of(figure, figure.value)
        return self._figure("baa_excludes")

    def _no_training(self) -> Fact:
        if (said := self._said("no_training")) is not None:
            return said
        figure = self._believed("trains_default")
        if figure is None:
            return self._unsaid("trains_default", "not known to be so")
        note = "it trains on what it is sent, unless switched off" if figure.value else ""
        return _of(figure, value=not figure.value, note=note)

    def _evident(self, field: str) -> Fact | None:
        """Something the operator has a paper for; the paper is the note."""
        paper, said = getattr(self._signed, field), self._said(field)
        if said is None or said.value is None:
            return said
        return Fact(True, "operator", SAID_IN, note=paper)

    def _audited(self, name: str) -> Fact:
        figure = self._believed(name)
        if figure is None:
            return self._unsaid(name, "not known")
        return _of(figure, value=figure.value not in (False, _NO), note=_shown(figure.value))

    def _own(self, name: str) -> Fact:
        return self._said(name) or Fact(note="not said")

    def _figure(self, name: str) -> Fact:
        figure = self._believed(name)
        return self._unsaid(name, "not known") if figure is None else _of(figure, figure.value)

    def _believed(self, name: str) -> Figure | None:
        figure = self._published.get(name)
        return None if figure is None or figure.is_expired(self._day) else figure

    def _unsaid(self, name: str, why: str) -> Fact:
        """Unknown, with what is published although it is not enough, or no longer is."""
        figure = self._published.get(name)
        if figure is None:
            return Fact(note=why)
        was = f"published: {_shown(figure.value)}"
        if figure.is_expired(self._day):
            was += f", not to be trusted since {figure.source.stale_after}"
        return _of(figure, None, f"{why}; {was}")


_NEEDS_NO_SIGNATURE: Mapping[tuple[str, Value], str] = {
    ("dpa", "included"): "part of the provider's terms",
    ("zdr", "default"): "without asking",
}


def _covers_all(covers: Fact) -> Fact:
    """An agreement that leaves nothing out, as the operator says."""
    return Fact((), covers.by, covers.at, note=covers.note)


def _nothing_kept(zdr: Fact) -> Fact | None:
    """How long is kept what is not kept; `None` where it may be."""
    return Fact(0, zdr.by, zdr.at, zdr.checked, "zero retention") if zdr.value is True else None


def _of(figure: Figure, value: Value | None, note: str = "") -> Fact:
    source = figure.source
    return Fact(value, "published", source.at, source.checked.isoformat(), note)


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value).replace("_", " ")
