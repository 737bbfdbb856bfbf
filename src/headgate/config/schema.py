"""`headgate.yaml` as types. Every description here becomes a line of the reference.

A model checks what it can see alone; what spans several of them is in `crosscheck`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from headgate.config.batches import Batches
from headgate.config.budgets import Budget
from headgate.config.capacity import Capacity
from headgate.config.compliance import PolicySettings
from headgate.config.privacy import Privacy
from headgate.config.route import Fallback, RouteSettings, Tier
from headgate.config.target import MachineCost, Price, TargetSettings, Timeouts
from headgate.config.values import (
    Count,
    ImageHost,
    KeyHash,
    Name,
    NotASwitch,
    Number,
    OperatorPath,
    Origin,
    Positive,
    Section,
    data_folder,
)
from headgate.engine.engine import EngineSettings
from headgate.engine.folders import models_folder

__all__ = [
    "Batches",
    "Budget",
    "Capacity",
    "ClientKey",
    "EngineSection",
    "Fallback",
    "LedgerSection",
    "Limits",
    "MachineCost",
    "Price",
    "Privacy",
    "Responses",
    "RouteSettings",
    "Server",
    "Settings",
    "TargetSettings",
    "Tier",
    "Timeouts",
]

_ENGINE = EngineSettings()


class ClientKey(Section):
    """A key clients may send. `headgate key NAME` makes one."""

    name: Name = Field(description="Who uses it; stands in the ledger.")
    hash: KeyHash = Field(description="`sha256:` and the hash; the key itself is written nowhere.")
    labels: tuple[Name, ...] = Field(
        default=(),
        description="Labels every request with this key carries, for the privacy of routes.",
    )
    team: Name | None = Field(
        default=None, description="Whose key it is, for budgets and the rules of routes."
    )
    tags: tuple[Name, ...] = Field(
        default=(), description="Tags every request with this key carries, for the same."
    )
    routes: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description="Routes the key may use; all when absent."
    )
    compliance: tuple[Name, ...] = Field(
        default=(), description="Compliance policies every request with this key is subject to."
    )


class Limits(Section):
    """What one request may hold."""

    body_mib: Annotated[float, Field(gt=0), NotASwitch] = Field(
        default=32, description="Largest request body, in MiB."
    )
    messages: Positive = Field(default=4096, description="Most messages in a chat.")
    choices: Positive = Field(default=16, description="Most answers asked for at once (`n`).")
    read_s: Number = Field(
        default=60,
        gt=0,
        description="How long a client may take for the head of a request, or pause in its body, "
        "in seconds.",
    )
    image_mib: Annotated[float, Field(gt=0), NotASwitch] = Field(
        default=10, description="Largest picture fetched from one of `image_hosts`, in MiB."
    )
    image_s: Number = Field(default=10, description="How long fetching one picture may take.")
    file_mib: Annotated[float, Field(gt=0), NotASwitch] = Field(
        default=512, description="Largest file passed to or from `/v1/files`, in MiB."
    )

    @property
    def body_bytes(self) -> int:
        """The same in bytes."""
        return int(self.body_mib * 1024 * 1024)

    @property
    def image_bytes(self) -> int:
        """The same of a picture."""
        return int(self.image_mib * 1024 * 1024)

    @property
    def file_bytes(self) -> int:
        """The same of a file."""
        return int(self.file_mib * 1024 * 1024)


class Responses(Section):
    """Whether clients of the Responses API may go on from an earlier response."""

    store: Literal["none", "memory"] = Field(
        default="none",
        description="`memory` keeps responses, with the input they rest on, until Headgate stops: "
        "`previous_response_id` and `GET /v1/responses/ID` then work for the key that asked.",
    )
    ttl_minutes: Annotated[float, Field(gt=0), NotASwitch] = Field(
        default=60, description="How long a response is kept."
    )
    max_responses: Positive = Field(
        default=1000, description="Most responses kept; the oldest go first."
    )
    max_mib: Positive = Field(
        default=256, description="Most memory they may take, in MiB; the oldest go first."
    )


class Server(Section):
    """Where Headgate listens, and to whom."""

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address to listen on. Any but a loopback address needs `keys`.",
    )
    port: Annotated[int, Field(ge=0, le=65535), NotASwitch] = Field(
        default=8400, description="Port to listen on; 0 takes any free one."
    )
    keys: tuple[ClientKey, ...] = Field(
        default=(), description="Keys clients must send one of; with none, no key is asked for."
    )
    cors_origins: tuple[Origin, ...] = Field(
        default=(), description="Web origins that browsers may call from; with none, CORS is off."
    )
    image_hosts: tuple[ImageHost, ...] = Field(
        default=(),
        description="Hosts that pictures are fetched from, for backends that take them inline "
        "only: `images.example.com`, `*.example.com`, or `*` for any; with none, nothing is. "
        "HTTPS only, unless an entry begins with `http://`; public addresses only; no proxy.",
    )
    allow_model_management: bool = Field(
        default=False,
        description="Whether clients of Ollama's API may pull models to, and delete them from, "
        "the Ollama backends; keys that are held to some routes never may.",
    )
    limits: Limits = Field(default=Limits(), description="What one request may hold.")
    responses: Responses = Field(
        default=Responses(),
        description="Whether clients of the Responses API may go on from an earlier response.",
    )
    drain_s: Annotated[float, Field(ge=0), NotASwitch] = Field(
        default=20, description="How long running requests may finish after a stop signal."
    )
    keep_alive_s: Number | None = Field(
        default=10,
        description="How often the client of a stream hears a comment while it waits: for a local "
        "model, for a slot, or for a cascade; `null` for never. The answer's status is 200 from "
        "the first one on.",
    )
    answer_model: Literal["real", "asked"] = Field(
        default="real",
        description="What `model` in an answer says: the model that `real`ly answered, or the "
        "name the client `asked` for.",
    )


class LedgerSection(Section):
    """What is written down about each request; never its text."""

    enabled: bool = Field(default=True, description="Write decisions, attempts and costs.")
    path: OperatorPath = Field(
        default_factory=lambda: data_folder() / "ledger.sqlite3",
        description="SQLite file; by default `$XDG_DATA_HOME/headgate/ledger.sqlite3`.",
    )
    audit: bool = Field(
        default=True,
        description="Write what left, to whom and how it was masked, what was kept and what was "
        "refused, in a chain that shows changes: of every request where any route restricts where "
        "data may go, else of those with a label.",
    )


class VaultSection(Section):
    """Values behind pseudonyms, of conversations that a provider keeps (Responses API)."""

    store: Literal["memory", "disk"] = Field(
        default="memory",
        description="`disk` keeps them, sealed with AES-GCM, over a restart and for other "
        "processes on this machine; it needs the extra `vault`.",
    )
    path: OperatorPath = Field(
        default_factory=lambda: data_folder() / "vault.sqlite3",
        description="SQLite file of `disk`; by default `$XDG_DATA_HOME/headgate/vault.sqlite3`.",
    )
    ttl_minutes: Number = Field(default=60, description="How long after the last use.")


class EngineSection(Section):
    """The engine inside Headgate, for targets with the backend `embedded`."""

    models_dir: OperatorPath = Field(
        default_factory=models_folder,
        description="Folder of GGUF files; by default `$XDG_DATA_HOME/headgate/models`.",
    )
    context_tokens: Positive | None = Field(
        default=_ENGINE.context_tokens,
        description="Context of each slot; by default the model's own, at most 8192.",
    )
    slots: Positive = Field(
        default=_ENGINE.slots,
        description="Requests generated at the same time, each with its own context.",
    )
    threads: Positive | None = Field(
        default=_ENGINE.threads, description="Threads; by default the cores the process may use."
    )
    prompt_cache_mib: Count = Field(
        default=_ENGINE.prompt_cache_mib,
        description="Memory to reuse earlier prompts, in MiB; 0 switches it off.",
    )
    gpu_layers: Annotated[int, Field(ge=-1), NotASwitch] = Field(
        default=_ENGINE.gpu_layers, description="Layers on a GPU; -1 as many as fit."
    )
    idle_unload_s: Number | None = Field(
        default=_ENGINE.idle_unload_s,
        description="Unload a model after this long without a request; `null` never does.",
    )
    load_timeout_s: Number = Field(
        default=_ENGINE.load_timeout_s, description="How long loading a model may take."
    )
    restarts: Count = Field(
        default=_ENGINE.restarts,
        description="Crashes in a row, within a minute of each other, before a model is given up.",
    )

    def settings(self) -> EngineSettings:
        """The same in the engine's own words."""
        return EngineSettings(**self.model_dump(exclude={"models_dir"}))


class Settings(Section):
    """The whole of `headgate.yaml`."""

    environment: Name | None = Field(
        default=None, description="Environment in force; `$HEADGATE_ENVIRONMENT` overrides it."
    )
    air_gapped: bool = Field(
        default=False,
        description="Load no target that is not local, and connect to nothing else; as "
        "`headgate serve --air-gapped`.",
    )
    server: Server = Field(default=Server(), description="Where Headgate listens, and to whom.")
    ledger: LedgerSection = Field(
        default_factory=LedgerSection, description="What is written down about each request."
    )
    vault: VaultSection = Field(
        default_factory=VaultSection, description="Where values behind pseudonyms are kept."
    )
    batches: Batches = Field(
        default_factory=Batches, description="Deferrable work, sent to the cheapest lane."
    )
    engine: EngineSection = Field(
        default_factory=EngineSection, description="The engine inside Headgate."
    )
    targets: Mapping[Name, TargetSettings] = Field(
        min_length=1, description="Models to send requests to, by name."
    )
    routes: Mapping[Name, RouteSettings] = Field(
        default_factory=dict,
        min_length=1,
        description="What clients ask for, by name; by default one, `default`, over all targets.",
    )
    budgets: Mapping[Name, Budget] = Field(
        default_factory=dict, description="How much may be paid, by name."
    )
    compliance: tuple[Name, ...] = Field(
        default=(),
        description="Compliance policies every request is subject to: `hipaa`, `gdpr-eu`, …, or "
        "ids of your own; `headgate comply --policies` lists them.",
    )
    policies: tuple[PolicySettings, ...] = Field(
        default=(), description="Compliance policies of your own; `compliance` puts them in force."
    )
    default_route: Name | None = Field(
        default=None, description="Route for `model: auto`; by default the first."
    )
    environments: Mapping[Name, tuple[Name, ...]] = Field(
        default_factory=dict, description="Targets that may be used in each environment."
    )

    @property
    def auto_route(self) -> str:
        """Name of the route for `model: auto`."""
        return self.default_route or next(iter(self.routes))

    @property
    def restricts(self) -> bool:
        """Whether anything says where data may not go, which naming a target would go round."""
        keys = any(key.compliance for key in self.server.keys)
        return bool(self.compliance) or keys or any(r.restricts for r in self.routes.values())

    @property
    def environment_targets(self) -> frozenset[str] | None:
        """Targets of the environment in force; `None` when there are no environments."""
        if self.environment is None:
            return None
        return frozenset(self.environments[self.environment])
