"""AWS Bedrock, by Converse, which speaks to the models of all its vendors alike.

With an API key (a bearer token) nothing is signed; without one every request is, by the
credentials that AWS's own tools would find.
"""

from headgate.backends.provider import Provider

PROVIDER = Provider(
    name="bedrock",
    dialect="bedrock",
    docs="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
    base_url="https://bedrock-runtime.{region}.amazonaws.com",
    paths={"chat": "/model/{model}/converse"},
    stream_paths={"chat": "/model/{model}/converse-stream"},
    # Listing belongs to another service.
    models_path=None,
    key_env=("AWS_BEARER_TOKEN_BEDROCK",),
    needs_key=False,
    auth="aws",
    lacks=frozenset({"choices", "json", "logprobs"}),
    catalog_provider="aws",
)
