"""One way to serve the workload, before anything is said about it."""

from dataclasses import dataclass
from datetime import date

from headgate.catalog.apis import HostedModel
from headgate.catalog.models import Quality
from headgate.estimate.serving import Capacity, Deployment
from headgate.planner.bill import Bill
from headgate.planner.inputs import Inputs
from headgate.planner.machine import Machine
from headgate.planner.question import Question
from headgate.planner.report import OptionKind
from headgate.planner.workload import Workload


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every option of one plan shares."""

    question: Question
    workload: Workload
    day: date
    """Whose prices hold."""
    inputs: Inputs
    """Grows as options name what they depend on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A hosted model, or a model on a machine."""

    id: str
    name: str
    kind: OptionKind
    bill: Bill | None
    """`None`: not known, for the reason in `problem`."""
    problem: str | None = None
    api: HostedModel | None = None
    machine: Machine | None = None
    deployment: Deployment | None = None
    capacity: Capacity | None = None
    capital_usd_per_unit: float = 0.0
    """Paid at once for one replica."""

    @property
    def quality(self) -> Quality | None:
        """Of its model, where a source gives it."""
        if self.machine is not None:
            return self.machine.model.quality
        return None if self.api is None else self.api.quality
