"""Questions to begin with."""

from msgspec import Struct

from headgate.planner.known import known
from headgate.planner.question import Question

CLASSIC_APIS = (
    "openai/gpt-4o-mini",
    "cohere/command-r",
    "anthropic/claude-3-haiku",
    "together/llama-3.1-70b-turbo",
    "openai/gpt-4o",
    "cohere/command-r-plus",
    "anthropic/claude-3-5-sonnet",
)
CLASSIC_MACHINE = "llama-3.1-8b@m3-max-64:desk"


class Preset(Struct, frozen=True, kw_only=True):
    """A named question."""

    id: str
    title: str
    about: str
    question: Question


PRESETS: tuple[Preset, ...] = (
    Preset(
        id="classic",
        title="The classic table",
        about="The eight rows people know: 10 million tokens, 30 % output, own hardware for "
        "nothing. The honest numbers stand beside it.",
        question=Question(
            preset="classic", apis=CLASSIC_APIS, machines=(CLASSIC_MACHINE,), hybrid=False
        ),
    ),
    Preset(
        id="chat",
        title="Chat for a team of 20",
        about="20 people, 40 questions a working day, long histories, in office hours.",
        question=Question(
            preset="chat",
            requests_per_month=17_000,
            input_tokens=1_800,
            output_tokens=350,
            cached_share=0.5,
            hours_per_day=10,
            days_per_week=5,
        ),
    ),
    Preset(
        id="rag",
        title="Answers from documents",
        about="Retrieval for a public site: long inputs, short answers, all day.",
        question=Question(
            preset="rag",
            requests_per_month=600_000,
            input_tokens=6_000,
            output_tokens=250,
            cached_share=0.2,
            peak_to_mean=4,
        ),
    ),
    Preset(
        id="code",
        title="Code assistant for 100 developers",
        about="Agents that read much and write little, with large shared prefixes.",
        question=Question(
            preset="code",
            requests_per_month=2_000_000,
            input_tokens=12_000,
            output_tokens=300,
            cached_share=0.7,
            hours_per_day=10,
            days_per_week=5,
            quality_floor=60,
            needs=("trade_secrets",),
        ),
    ),
    Preset(
        id="batch",
        title="Nightly batch",
        about="Classify or summarise a backlog: everything may wait a day.",
        question=Question(
            preset="batch",
            requests_per_month=3_000_000,
            input_tokens=1_500,
            output_tokens=120,
            batch_share=1.0,
            peak_to_mean=1,
        ),
    ),
    Preset(
        id="clinic",
        title="A clinic's notes",
        about="Health data: nothing may leave without a signed agreement.",
        question=Question(
            preset="clinic",
            requests_per_month=40_000,
            input_tokens=2_500,
            output_tokens=600,
            hours_per_day=10,
            days_per_week=5,
            needs=("hipaa",),
        ),
    ),
)


def preset(name: str) -> Question:
    """The question of a preset.

    Raises:
        InvalidRequest: There is none of that name.
    """
    by_id = {each.id: each.question for each in PRESETS}
    return known(name, by_id, what="preset", param="preset", hint=f"one of {', '.join(by_id)}")


USUAL_APIS = (
    "openai/gpt-6-luna",
    "openai/gpt-6.1-terra",
    "anthropic/claude-haiku-5-5",
    "anthropic/claude-sonnet-5-5",
    "cohere/command-a",
    "google/gemini-3.5-flash-lite",
    "groq/llama-3.1-8b-instant",
    "together/gpt-oss-120b",
    "deepseek/deepseek-flash",
)
USUAL_MACHINES = (
    "llama-3.1-8b@m4-max-128:desk",
    "llama-3.1-8b@rtx-4090:bought",
    "llama-3.1-8b@l4:rented",
    "gpt-oss-120b@h100-sxm:rented",
    "gpt-oss-120b@h100-sxm:bought",
    "llama-3.3-70b@h100-sxm:rented",
    "llama-3.3-70b@h100-sxm:bought",
)
"""What is compared when nothing is named: one of each kind, small and large."""
