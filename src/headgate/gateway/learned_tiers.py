"""Tiers by share of traffic or by quality, chosen by what a route has learned."""

from dataclasses import dataclass
from itertools import accumulate
from random import Random

from headgate.estimate.learning.calibration import ShareCut, share_for_quality
from headgate.estimate.learning.features import Features, features_of
from headgate.estimate.learning.gain import GainModel, Prediction
from headgate.policy.decision import Gain
from headgate.policy.facts import TierChoice
from headgate.policy.learning.drift import Drift
from headgate.policy.learning.explore import Explorer, may_go_down

RECALIBRATED_EVERY = 64
"""Requests between two looks at what share a wanted quality takes."""
FORGOTTEN = 0.8
"""Of what was learned, when traffic has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSettings:
    """How a route's traffic is parted."""

    shares: tuple[float, ...]
    """Of every tier but the last, weakest first."""
    quality: float | None = None
    """Share of the quality gap to recover, in place of `shares`; for two tiers."""
    explore: float = 0.05
    """Largest share of the requests that are learned from."""
    compares: bool = True
    """What is explored is compared in the background, and answered as ever."""


class LearnedTiers:
    """Implements `policy.facts.Tiering` for one route. Belongs to the event loop."""

    def __init__(
        self, settings: TierSettings, random: Random, model: GainModel | None = None
    ) -> None:
        """Begin with `model`, or with the prior."""
        self.settings = settings
        self.model = model or GainModel.prior()
        self.drift = Drift()
        self.requests = self.explored = 0
        """Since the start."""
        self._random = random
        self._explorer = Explorer(settings.explore)
        above = [1 - reached for reached in accumulate(settings.shares)]
        self.cuts = [ShareCut(max(0.0, share)) for share in above]
        self._last = ("", features_of(""))

    def choose(self, text: str, tiers: tuple[float, ...]) -> TierChoice:
        """The tier for a request that ends in `text`; `tiers` are bounds of another kind."""
        features = self.features_of(text)
        prediction = self.model.predict(features)
        self.requests += 1
        if self.settings.quality is not None and self.requests % RECALIBRATED_EVERY == 0:
            cut = self.cuts[0]
            gains = [self.model.gain_at(order) for order in cut.recent]
            cut.share = share_for_quality(gains, self.settings.quality)
        # Each cut sees all of the traffic; what lies above one lies above those below it, too.
        tier = sum([cut.is_above(prediction.order) for cut in self.cuts])
        explores = self._explorer.wants(prediction, self._random.random())
        self.explored += explores
        if explores and not self.settings.compares:
            tier = self._other_tier(tier, prediction)
        gain = Gain(
            expected=round(prediction.gain, 6),
            low=round(prediction.low, 6),
            high=round(prediction.high, 6),
            cut=round(self.model.gain_at(self.cuts[min(tier, len(self.cuts) - 1)].cut()), 6),
            explores=explores,
            labels=self.model.labels,
        )
        return TierChoice(tier, features.prior, gain)

    def _other_tier(self, tier: int, prediction: Prediction) -> int:
        """Another tier than the one asked for, to see how it answers; none that is unsafe."""
        if tier < len(self.cuts):
            return tier + 1
        return tier - 1 if may_go_down(prediction) else tier

    def features_of(self, text: str) -> Features:
        """The features of `text`; of the same text again, those that are known."""
        known, features = self._last
        if text is not known:
            features = features_of(text)
            self._last = (text, features)
        return features

    def learn_gain(self, features: Features, gain: float, *, weight: float = 1.0) -> bool:
        """Take in what the stronger tier was worth; whether traffic turns out to have changed."""
        expected = self.model.predict(features).gain
        has_changed = self.drift.saw(expected - self.model.usual, gain - expected)
        if has_changed:
            self.model.forget(FORGOTTEN)
        self.model.learn(features, gain, weight=weight)
        return has_changed
