"""Groq: open-weight models on its own chips, named as their makers do."""

from headgate.backends.provider import FILES_AND_BATCHES, Provider

PROVIDER = Provider(
    name="groq",
    dialect="openai_chat",
    docs="https://console.groq.com/docs/openai",
    base_url="https://api.groq.com/openai/v1",
    paths={"chat": "/chat/completions"},
    passes=FILES_AND_BATCHES,
    batch_form="openai",
    key_env=("GROQ_API_KEY",),
    regions=("us",),
    model_prefixes=("groq/",),
    # The first three are answered with 400; of the others it says that no model heeds them.
    drop_params=frozenset(
        {
            *("logit_bias", "logprobs", "top_logprobs"),
            *("audio", "frequency_penalty", "metadata", "modalities", "prediction"),
            *("presence_penalty", "safety_identifier", "store", "verbosity"),
        }
    ),
    # A thought that is sent back under OpenAI's dialect's usual name is an unknown field.
    takes_reasoning=False,
    lacks=frozenset({"audio", "choices", "file", "logprobs"}),
    catalog_provider="groq",
)
