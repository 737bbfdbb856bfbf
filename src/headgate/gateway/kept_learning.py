"""What a route has learned, as the ledger keeps it: the model, and what a restart would lose."""

from array import array
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from headgate.estimate.learning.calibration import ShareCut
from headgate.estimate.learning.gain import GainModel
from headgate.gateway.learned_tiers import LearnedTiers
from headgate.ledger.learning import Stored
from headgate.policy.learning.drift import Drift

Rated = Mapping[int, tuple[float, float]]
"""Sum and weight of the ratings of each tier."""


class KeptLearning(Struct, frozen=True, kw_only=True):
    """As it lies there; `dumps` makes one, `loads` reads it."""

    model: bytes
    drift: Drift
    rated: dict[int, tuple[float, float]]
    recent: tuple[bytes, ...]
    """Predictions that each cut rests on."""
    cuts: tuple[float, ...]
    """Gains above which a request goes a tier up, weakest tier first."""

    def restore(self, tiers: LearnedTiers) -> None:
        """Let `tiers` go on from here.

        Raises:
            ValueError: The model is of another version; nothing is changed then.
        """
        tiers.model = GainModel.loads(self.model)
        tiers.drift = self.drift
        if len(self.recent) == len(tiers.cuts):
            tiers.cuts = [
                ShareCut(cut.share, _floats(recent))
                for cut, recent in zip(tiers.cuts, self.recent, strict=True)
            ]


class Standing(Struct, frozen=True):
    """What of it people are shown."""

    cuts: tuple[float, ...]
    drift_alarms: int


def standing(stored: Stored | None) -> Standing | None:
    """Where a route stood when it was last kept; `None` where nothing was, or not by us."""
    try:
        kept = None if stored is None else loads(stored.model)
    except ValueError:
        return None
    return None if kept is None else Standing(kept.cuts, kept.drift.alarms)


def dumps(tiers: LearnedTiers, rated: Rated) -> bytes:
    """For the ledger."""
    kept = KeptLearning(
        model=tiers.model.dumps(),
        drift=tiers.drift,
        rated=dict(rated),
        recent=tuple(array("f", cut.recent).tobytes() for cut in tiers.cuts),
        cuts=tuple(tiers.model.gain_at(cut.cut()) for cut in tiers.cuts),
    )
    return msgspec.msgpack.encode(kept)


def loads(data: bytes) -> KeptLearning:
    """What `dumps` gave.

    Raises:
        ValueError: It is something else.
    """
    return msgspec.msgpack.decode(data, type=KeptLearning)


def _floats(packed: bytes) -> "array[float]":
    found = array("f")
    found.frombytes(packed)
    return found
