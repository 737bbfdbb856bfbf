"""The batch lane of a runtime."""

from collections.abc import Mapping

from headgate.backends.batch_form import BatchForm
from headgate.config.schema import Batches
from headgate.core.inbound import Operation
from headgate.core.plugins import load_all
from headgate.gateway.batches.folder import BatchFolder
from headgate.gateway.batches.lane import Lane
from headgate.gateway.batches.remote import RemoteLane
from headgate.gateway.batches.runner import BatchRunner
from headgate.gateway.handle import Caller, Gateway
from headgate.ledger.batch_store import BatchStore
from headgate.wire.dialect import ClientDialect

FORMS = "headgate.backends.batch_forms"
OPERATIONS: frozenset[Operation] = frozenset({"chat", "completion", "embedding"})


def line_endpoints(
    dialects: Mapping[str, ClientDialect],
) -> Mapping[str, tuple[ClientDialect, Operation]]:
    """Where lines may go, by URL."""
    return {
        path: (dialect, operation)
        for dialect in dialects.values()
        for path, operation in dialect.endpoints.items()
        # Ollama's own paths stream unless they are told not to.
        if operation in OPERATIONS and not path.startswith("/api/")
    }


def lanes(
    settings: Batches,
    gateway: Gateway,
    store: BatchStore,
    dialects: Mapping[str, ClientDialect],
) -> tuple[Lane, RemoteLane]:
    """What answers lines, here and at providers, over one store."""
    endpoints = line_endpoints(dialects)
    lane = Lane(
        gateway=gateway, store=store, endpoints=endpoints, most_at_once=settings.lines_at_once
    )
    forms: Mapping[str, BatchForm] = load_all(FORMS, "FORM") if settings.provider_apis else {}
    return lane, RemoteLane(lane=lane, forms=forms, poll_s=settings.poll_s)


def batch_runner(
    settings: Batches,
    gateway: Gateway,
    dialects: Mapping[str, ClientDialect],
    callers: Mapping[str, Caller],
) -> BatchRunner:
    """The runner of the configured folder; nothing is opened yet."""
    folder = BatchFolder(settings.path)
    return BatchRunner(
        folder=folder,
        lanes=lambda: lanes(settings, gateway, folder.store, dialects),
        clock=gateway.clock,
        callers={caller.name: caller for caller in callers.values() if caller.name is not None},
        endpoints=line_endpoints(dialects).keys(),
        keep_s=settings.keep_days * 86_400,
    )
