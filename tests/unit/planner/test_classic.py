"""The seed's own table, to the cent."""

from decimal import Decimal

from headgate.planner.classic import classic_table
from support.plans import ask, candidates_of, option_of

SEED = (
    # 10,000 requests of 700 + 300 tokens: 7 M in, 3 M out.
    ("llama-3.1-8b@m3-max-64:desk", "0"),  # as the seed counts: nothing
    ("openai/gpt-4o-mini", "2.85"),  # 7 × 0.15 + 3 × 0.60
    ("cohere/command-r", "2.85"),  # 7 × 0.15 + 3 × 0.60
    ("anthropic/claude-3-haiku", "5.50"),  # 7 × 0.25 + 3 × 1.25
    ("together/llama-3.1-70b-turbo", "8.80"),  # 10 × 0.88
    ("openai/gpt-4o", "47.50"),  # 7 × 2.50 + 3 × 10
    ("cohere/command-r-plus", "47.50"),  # 7 × 2.50 + 3 × 10
    ("anthropic/claude-3-5-sonnet", "66.00"),  # 7 × 3 + 3 × 15
)
RETIRED = {
    "anthropic/claude-3-haiku",
    "together/llama-3.1-70b-turbo",
    "anthropic/claude-3-5-sonnet",
}


def classic(**fields):
    return ask(preset_question(), **fields)


def preset_question():
    from headgate.planner.presets import preset

    return preset("classic")


def test_the_seed_s_eight_rows_in_its_order_to_the_cent():
    rows = classic().classic
    assert [(row.option, row.usd_per_month) for row in rows] == [
        (name, Decimal(usd)) for name, usd in SEED
    ]
    assert [row.is_cheapest for row in rows] == [True, *[False] * 7]
    assert [row.is_local for row in rows] == [True, *[False] * 7]


def test_they_are_the_same_at_the_end_of_the_year_2024_s_table():
    rows = classic(as_of="2025-01-15").classic
    assert [(row.option, row.usd_per_month) for row in rows] == [
        (name, Decimal(usd)) for name, usd in SEED
    ]


def test_retired_models_are_marked_with_the_price_of_what_follows():
    rows = {row.option: row for row in classic().classic}
    for name in RETIRED:
        assert rows[name].retired is not None
        assert rows[name].retired < "2026-11-27"
        assert rows[name].successor is not None
        assert rows[name].successor.usd_per_month > 0
    # Claude Haiku 4.5: 7 × $1 + 3 × $5
    assert rows["anthropic/claude-3-haiku"].successor.usd_per_month == 22
    assert {name for name, row in rows.items() if row.retired} == RETIRED


def test_the_honest_number_stands_beside_each_and_is_never_less():
    report = classic()
    for row in report.classic:
        assert row.honest_usd_per_month == option_of(report, row.option).usd_per_month
        assert row.honest_usd_per_month > row.usd_per_month
    assert report.classic[0].honest_usd_per_month > 0


def test_the_table_follows_the_volume_and_the_ratio():
    rows = {
        row.option: row.usd_per_month
        for row in classic(monthly_tokens=1e9, output_share=0.5).classic
    }
    # 500 M × $0.15 + 500 M × $0.60, and $3 with $15
    assert rows["openai/gpt-4o-mini"] == 375
    assert rows["anthropic/claude-3-5-sonnet"] == 9000


def test_no_other_question_has_it():
    assert ask().classic is None


def test_a_model_without_a_price_has_no_row():
    candidates, setting = candidates_of(preset_question())
    nameless = [each for each in candidates if each.id != "openai/gpt-4o"]
    rows = classic_table(nameless, setting, {})
    assert len(rows) == 7
    assert all(row.honest_usd_per_month is None for row in rows)
