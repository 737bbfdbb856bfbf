"""A target's settings: one model at one backend."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field, JsonValue

from headgate.backends import exchange
from headgate.backends.provider import Auth
from headgate.config.capacity import Capacity
from headgate.config.compliance import TargetCompliance
from headgate.config.schedule import HoursSettings
from headgate.config.values import (
    Amount,
    AzureName,
    BaseUrl,
    NotASwitch,
    Number,
    Positive,
    Region,
    SecretReference,
    Section,
    Usd,
)
from headgate.core.inbound import Need

_TIMEOUTS = exchange.Timeouts()


class Price(Section):
    """A price that stands in for the price list's."""

    input_usd_per_mtok: Usd = Field(description="US dollars for a million tokens read.")
    output_usd_per_mtok: Usd = Field(description="US dollars for a million tokens written.")
    cache_read_usd_per_mtok: Usd | None = Field(
        default=None,
        description="For a million tokens read from the cache; as `input` when absent.",
    )
    cache_write_usd_per_mtok: Usd | None = Field(
        default=None,
        description="For a million tokens written to the cache; as `input` when absent.",
    )
    cache_write_1h_usd_per_mtok: Usd | None = Field(
        default=None,
        description="For a million tokens kept there for an hour; as `cache_write` when absent.",
    )
    audio_input_usd_per_mtok: Usd | None = Field(
        default=None,
        description="For a million tokens of sound heard; when absent, what has any is unpriced.",
    )
    audio_output_usd_per_mtok: Usd | None = Field(
        default=None, description="For a million tokens of sound spoken; likewise."
    )
    usd_per_thousand_searches: Usd | None = Field(
        default=None,
        description="For a thousand search units of reranking; when absent, it is unpriced.",
    )


class MachineCost(Section):
    """What an own machine costs while it generates: electricity, and its price over its life."""

    watts: Amount = Field(description="Power drawn while generating.")
    usd_per_kwh: Usd = Field(description="Price of electricity.")
    hardware_usd: Usd = Field(
        default=Decimal(0), description="What the machine cost; 0 when paid off."
    )
    life_years: Amount | None = Field(
        default=None, description="Years it is written off over; needed with `hardware_usd`."
    )
    busy_hours_per_day: Annotated[Decimal, Field(gt=0, le=24), NotASwitch] | None = Field(
        default=None, description="Hours a day it generates; needed with `hardware_usd`."
    )
    resale_usd: Usd = Field(
        default=Decimal(0), description="What it is worth at the end of its life."
    )


class Timeouts(Section):
    """How long each phase of a request may take; `null` waits for ever."""

    connect_s: Number | None = Field(
        default=_TIMEOUTS.connect_s, description="Making a connection."
    )
    first_token_s: Number | None = Field(
        default=_TIMEOUTS.first_token_s,
        description="From the request being sent to the first model output; streams only.",
    )
    stall_s: Number | None = Field(
        default=_TIMEOUTS.stall_s, description="Between two pieces of model output; streams only."
    )
    total_s: Number | None = Field(default=_TIMEOUTS.total_s, description="The whole request.")

    def settings(self) -> exchange.Timeouts:
        """The same in the words of `backends`."""
        return exchange.Timeouts(**self.model_dump())


class TargetSettings(Section):
    """One model at one backend."""

    backend: str = Field(
        description="Which provider: `openai`, `ollama`, `embedded`, …; see `headgate models`."
    )
    model: str | None = Field(
        default=None,
        min_length=1,
        description="The backend's name for the model; absent passes on the client's. For "
        "`embedded` a GGUF file's name or path, or `demo`.",
    )
    base_url: BaseUrl | None = Field(
        default=None,
        description="Where the API is, with its version, like `http://127.0.0.1:8000/v1`.",
    )
    deployment: AzureName | None = Field(
        default=None, description="Azure OpenAI: name of the deployment."
    )
    api_version: AzureName | None = Field(
        default=None, description="Azure OpenAI: version of the API."
    )
    aws_region: Region | None = Field(
        default=None,
        description="AWS Bedrock: region of the endpoint, like `eu-central-1`; by default as "
        "AWS's own tools find it.",
    )
    aws_profile: str | None = Field(
        default=None,
        min_length=1,
        description="AWS Bedrock: whose credentials sign the requests; by default as AWS's own "
        "tools find them.",
    )
    api_key: SecretReference | None = Field(
        default=None,
        description="Where the key is: `${NAME}` in the environment, `file:/path` or "
        "`keyring:service/user`; by default the provider's usual variable.",
    )
    auth: Auth | None = Field(
        default=None, description="How the key is sent; by default as the provider wants it."
    )
    region: Region | None = Field(
        default=None,
        description="Where it computes (`us`, `eu`, `de`, …), for the `regions` of routes.",
    )
    local: bool | None = Field(
        default=None,
        description="Whether it runs on hardware you control, for the `privacy` of routes; by "
        "default as the provider usually does.",
    )
    compliance: TargetCompliance | None = Field(
        default=None,
        description="What you have signed with whoever runs it, for `compliance` policies.",
    )
    price: Price | None = Field(
        default=None, description="A price that stands in for the price list's."
    )
    cost: MachineCost | None = Field(default=None, description="What your own machine costs.")
    capacity: Capacity = Field(default=Capacity(), description="How much it takes at once.")
    hours: HoursSettings | None = Field(
        default=None, description="When it may be used; always when absent."
    )
    context_tokens: Positive | None = Field(default=None, description="Most tokens of a request.")
    max_output_tokens: Positive | None = Field(
        default=None,
        description="Most tokens of an answer; requests that ask for more go elsewhere. By "
        "default, as `context_tokens`, what the catalogue says of the model, if anything.",
    )
    lacks: tuple[Need, ...] = Field(
        default=(), description="What it cannot do, beside what the catalogue says."
    )
    has: tuple[Need, ...] = Field(
        default=(), description="What it can do, whatever the catalogue says."
    )
    timeouts: Timeouts = Field(default=Timeouts(), description="How long it may take.")
    retries: Annotated[int, Field(ge=0, le=10), NotASwitch] = Field(
        default=1, description="Further tries at this target before the next one."
    )
    options: Mapping[str, JsonValue] = Field(
        default_factory=dict,
        description="The backend's own settings, as they are; native Ollama: `num_ctx`, "
        "`keep_alive`, `think`, ….",
    )
