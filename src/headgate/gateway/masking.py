"""What a target gets of a request in which values are masked, and its answers with them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from headgate.core.errors import InvalidRequest
from headgate.core.inbound import Inbound
from headgate.gateway.reading import Reading
from headgate.policy.decision import Action
from headgate.privacy.answers import AnswerRestorer
from headgate.privacy.pseudonyms import Pseudonyms
from headgate.privacy.replace import Masking
from headgate.privacy.scan import Finding, usual_labels
from headgate.wire import exact
from headgate.wire.dialect import ClientDialect
from headgate.wire.members import UNREADABLE

_NOTHING: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Masked:
    """A request with what was found in it replaced."""

    inbound: Inbound
    masking: Masking

    def told(self) -> str:
        """Labels that were masked or redacted, each with how many values of it were."""
        counts = (*self.masking.masked.items(), *self.masking.redacted.items())
        return ",".join(f"{label}={count}" for label, count in sorted(counts))

    def in_words(self) -> str:
        """How much was replaced, for the ledger; no values."""
        told = (("masked", self.masking.masked), ("redacted", self.masking.redacted))
        return ", ".join(
            f"{word} {count} `{label}`"
            for word, counts in told
            for label, count in sorted(counts.items())
        )


@dataclass(slots=True, kw_only=True)
class Masks:
    """A request as it was read, and in the forms in which it is sent out."""

    inbound: Inbound
    dialect: ClientDialect
    reading: Reading
    names: Pseudonyms
    _made: dict[tuple[tuple[str, Action], ...], Masked] = field(default_factory=dict)

    def of(self, changes: Mapping[str, Action]) -> Masked:
        """The request with these labels masked or redacted.

        Raises:
            InvalidRequest: It is no JSON in a place that nobody has read yet, or something
                was found in bytes that only their provider can read.
            TooLarge: It holds more values than can be masked.
        """
        key = tuple(changes.items())
        if key not in self._made:
            self._made[key] = self._masked(changes)
        return self._made[key]

    def restorer(self, *, is_relayed: bool) -> AnswerRestorer | None:
        """What puts values back into one answer; `None` where no pseudonym can be in it."""
        if not len(self.names):
            return None
        speech = self.dialect.speech if is_relayed else None
        is_json_asked = self.inbound.output_format is not None
        return AnswerRestorer(self.names, speech, is_json_asked=is_json_asked)

    def text(self, text: str, findings: Sequence[Finding], changes: Mapping[str, Action]) -> str:
        """Another text that goes with the request, such as an answer to it."""
        return Masking(self.names, changes).text(text, findings)

    def _masked(self, changes: Mapping[str, Action]) -> Masked:
        try:
            said = exact.decode(self.inbound.body)
        except UNREADABLE as error:
            raise InvalidRequest("the body is not valid JSON in all its parts") from error
        found = self.reading.body.by_text(
            [each for each in self.reading.found if each.label in changes]
        )
        unseen = set(found)

        def find(text: str) -> Sequence[Finding]:
            unseen.discard(text)
            return found.get(text, _NOTHING)

        # The name of a model is nobody's, whatever it is called like; an identifier in it is.
        model = said.pop("model", None)
        if isinstance(model, str) and all(
            each.label not in usual_labels() for each in found.get(model, _NOTHING)
        ):
            unseen.discard(model)
        masking = Masking(self.names, changes)
        masked = masking.body(said, find)
        body = exact.encode({"model": model, **masked} if model is not None else masked)
        if unseen:
            labels = {each.label for text in unseen for each in found[text]}
            listed = ", ".join(f"`{label}`" for label in sorted(labels))
            raise InvalidRequest(f"{listed} stands where it cannot be masked")
        inbound = self.dialect.decode(self.inbound.operation, body)
        # Routing has read the request as it was, and what it found still holds.
        return Masked(replace(inbound, model=self.inbound.model), masking)
