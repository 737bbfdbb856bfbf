"""Compliance: the policies in force, and what was signed with the providers of targets."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from headgate.config.values import Name, Region, Section
from headgate.policy.compliance.builtin import WrittenPolicy, WrittenWhen
from headgate.policy.compliance.policy import Otherwise
from headgate.policy.compliance.standing import Signature, Signed

ClassOrLabel = Annotated[str, Field(pattern=r"^@?[a-z0-9_.-]+$", max_length=64)]
Words = Annotated[str, Field(min_length=1, max_length=500)]
"""Where a paper is. It stands in reasons and in the ledger."""


class WhenSettings(Section):
    """Requests a policy is about: any of each list, and all lists that are given."""

    labels: tuple[ClassOrLabel, ...] = Field(
        default=(),
        description="Labels, found or declared; `@personal`, `@health`, `@card`, … for classes.",
    )
    keys: tuple[Name, ...] = Field(default=(), description="Names of clients' keys.")
    teams: tuple[Name, ...] = Field(default=(), description="Teams of keys.")
    tags: tuple[Name, ...] = Field(default=(), description="Tags of keys or requests.")
    routes: tuple[Name, ...] = Field(default=(), description="Routes.")


class PolicySettings(Section):
    """A compliance policy of your own."""

    id: Name = Field(description="Its name, in reasons and for `compliance`.")
    when: WhenSettings = Field(
        default=WhenSettings(), description="Requests it is about; every one when absent."
    )
    require: JsonValue = Field(
        description="What a target must have: a fact, or `all` or `any` of several; see "
        "docs/guides/comply.md."
    )
    else_: Otherwise = Field(
        default="local",
        alias="else",
        description="What happens without: `local` keeps the request on own hardware, `deny` "
        "refuses it there, too.",
    )
    message: str = Field(default="", max_length=500, description="Why, for people.")
    cites: tuple[Words, ...] = Field(default=(), description="What it is the translation of.")

    def written(self) -> WrittenPolicy:
        """The same in the words of `policy`."""
        return WrittenPolicy(
            id=self.id,
            when=WrittenWhen(**self.when.model_dump()),
            require=self.require,
            otherwise=self.else_,
            message=self.message,
            cites=self.cites,
        )


class TargetCompliance(Section):
    """What you have signed for a target. Nobody else can know: what is left out is not signed."""

    baa: Literal["signed"] | None = Field(
        default=None, description="A business associate agreement (HIPAA) is signed."
    )
    baa_covers: bool | None = Field(
        default=None, description="The agreement covers this model and endpoint."
    )
    retention_accepted: bool | None = Field(
        default=None, description="The agreement accepts what the provider keeps, and how long."
    )
    dpa: Literal["signed"] | None = Field(
        default=None, description="A data processing agreement (GDPR) is signed."
    )
    transfer: Words | None = Field(
        default=None,
        description="Basis of transfers abroad, and where its assessment is: `SCC, TIA 2026-03`.",
    )
    zdr: Literal["active"] | None = Field(
        default=None, description="Zero data retention is active for the account."
    )
    no_training: bool | None = Field(
        default=None, description="Whether it is agreed, or switched, that nothing is trained on."
    )
    soc2: Words | None = Field(default=None, description="Where its SOC 2 report is.")
    iso27001: Words | None = Field(default=None, description="Where its certificate is.")
    regions_inference: tuple[Region, ...] | None = Field(
        default=None,
        min_length=1,
        description="Where it computes, as agreed; by default the target's `region`.",
    )
    regions_storage: tuple[Region, ...] | None = Field(
        default=None, min_length=1, description="Where it keeps what it is sent, as agreed."
    )
    accredited: tuple[Name, ...] | None = Field(
        default=None, description="Accreditations: `fedramp-high`, `il5`, …."
    )
    opted_in: tuple[Name, ...] | None = Field(
        default=None, description="Labels of trade secrets that may go there."
    )
    despite_published: tuple[Signature, ...] = Field(
        default=(),
        description="What you have, although the provider publishes that there is none.",
    )
    evidence: Words | None = Field(default=None, description="Where the papers are.")
    until: date | None = Field(
        default=None, description="Last day all of this holds; then it counts as not signed."
    )

    def signed(self, region: str | None) -> Signed:
        """The same in the words of `policy`; `region` is the target's own."""
        regions = self.regions_inference or (None if region is None else (region,))
        return Signed(
            baa=True if self.baa else None,
            baa_covers=self.baa_covers,
            retention_accepted=self.retention_accepted,
            dpa=True if self.dpa else None,
            transfer=self.transfer,
            zdr=True if self.zdr else None,
            no_training=self.no_training,
            soc2=self.soc2,
            iso27001=self.iso27001,
            regions_inference=regions,
            regions_storage=self.regions_storage,
            accredited=self.accredited,
            opted_in=self.opted_in,
            despite_published=frozenset(self.despite_published),
            evidence=self.evidence or "",
            until=self.until,
        )
