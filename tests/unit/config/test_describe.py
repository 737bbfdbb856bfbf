from headgate.config.describe import describe, route_in_words
from headgate.config.load import settings_from
from headgate.config.route import RouteSettings


def in_words(**settings):
    return route_in_words(RouteSettings.model_validate({"targets": ["a", "b"]} | settings))


def test_a_configuration_is_told_in_a_line_each():
    settings = settings_from(
        {
            "targets": {
                "laptop": {"backend": "embedded", "model": "demo"},
                "gpt": {"backend": "openai", "region": "us"},
            },
            "routes": {"chat": {"targets": ["laptop", "gpt"]}},
            "environment": "dev",
            "environments": {"dev": ["laptop"]},
        },
        {},
    )
    assert list(describe(settings)) == [
        "server: http://127.0.0.1:8400, no key needed",
        "environment `dev`: laptop",
        "route `chat` (default): `laptop`, then `gpt`",
        "target `laptop`: demo on embedded",
        "target `gpt`: any model on openai in us",
    ]


def test_keys_are_counted_and_not_shown():
    key = {"name": "alice", "hash": "sha256:" + "0" * 64}
    settings = settings_from({"targets": {"a": {"backend": "vllm"}}, "server": {"keys": [key]}}, {})
    assert next(describe(settings)) == "server: http://127.0.0.1:8400, 1 key"


def test_every_term_of_a_route_is_told():
    assert in_words(
        models=["gpt-*"],
        prefer="cost",
        fallback={"checks": ["empty"]},
        privacy={"detect": ["card"], "labels": ["phi"]},
        regions=["eu"],
        max_usd=0.5,
        max_ttft_ms=900,
    ) == (
        "`a`, then `b`; also called `gpt-*`; best cost first; checks empty; "
        "local only with card, phi; in eu; at most 0.5 USD a request; first output within 900 ms"
    )


def test_no_fallback_is_told():
    assert in_words(fallback=False) == "`a`, then `b`; no fallback"


def test_tiers_are_told_weakest_first():
    tiers = [{"up_to": 0.4, "targets": ["a"]}, {"targets": ["b", "c"]}]
    route = RouteSettings.model_validate({"tiers": tiers})
    assert route_in_words(route) == "up to 0.4 `a`, above `b`, then `c`"
