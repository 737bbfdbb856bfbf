"""The engine that comes with Headgate, in a worker of its own behind a Unix socket."""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="embedded",
    dialect="openai_chat",
    docs="https://github.com/xorbitsai/xllamacpp",
    # A name for the `host` header: the worker's socket is known once it runs.
    base_url="http://engine/v1",
    needs_key=False,
    is_local=True,
    is_embedded=True,
    rename_params={"max_completion_tokens": "max_tokens"},
    lacks=frozenset({"audio", "file", "vision"}),
    # A `tool_choice` that is an object is read as `auto`.
    forces_tools="required",
    caller_faults=("is too large to process", "image input is not supported"),
)
