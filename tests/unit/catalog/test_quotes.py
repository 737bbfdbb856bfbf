from datetime import UTC, datetime

from headgate.catalog.apis import hosted_models
from headgate.catalog.quotes import quotes

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_every_hosted_model_is_quoted_in_the_order_of_the_catalogue():
    assert [quote.id for quote in quotes(NOW)] == list(hosted_models())


def test_a_quote_names_its_price_and_its_list():
    quote = {each.id: each for each in quotes(NOW)}["openai/gpt-4o"]
    assert (quote.input_usd_per_mtok, quote.output_usd_per_mtok) == (2.5, 10.0)
    assert quote.source is not None
    assert quote.source.startswith("genai-prices ")
    assert quote.differs is None


def test_a_quote_says_where_another_list_differs():
    quote = {each.id: each for each in quotes(NOW)}["together/llama-3.3-70b-turbo"]
    assert quote.differs is not None
    assert quote.differs.source == "LiteLLM 1.106.2"
