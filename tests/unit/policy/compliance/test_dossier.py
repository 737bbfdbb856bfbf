"""All that is known of a target, by day and policy."""

from datetime import UTC, date, datetime, timedelta

from headgate.policy.compliance.dossier import Dossier, day_of
from headgate.policy.compliance.policy import Applying, Policy
from headgate.policy.compliance.requirement import Every, Is
from headgate.policy.compliance.standing import Signed

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()
ASKED = (Applying(Policy(id="p", require=Every((Is("baa"), Is("soc2"))))),)


def dossier(**signed: object) -> Dossier:
    return Dossier(Signed(**signed), host="api.openai.com", audit_log=True)  # type: ignore[arg-type]


def test_the_day_is_that_of_utc() -> None:
    assert day_of(NOON) == date(2026, 11, 28)
    assert day_of(NOON + 12 * 3600) == date(2026, 11, 29)


def test_only_what_policies_ask_for_is_told() -> None:
    told = dossier().asked(ASKED, "gpt-4o", NOON)
    assert told.facts.keys() == {"baa", "soc2", "baa_excludes", "opted_in"}
    assert told.day == "2026-11-28"


def test_the_same_is_the_same_object_until_the_day_is_over() -> None:
    known = dossier()
    first = known.asked(ASKED, "gpt-4o", NOON)
    assert known.asked(ASKED, "gpt-4o", NOON + 3600) is first
    assert known.asked(ASKED, "gpt-4o", NOON + 12 * 3600) is not first
    assert known.asked((*ASKED,), "o3", NOON) is not first


def test_what_was_signed_runs_out_while_the_gateway_runs() -> None:
    known = dossier(baa=True, until=date(2026, 11, 28))
    assert known.asked(ASKED, "gpt-4o", NOON).facts["baa"].value is True
    assert known.asked(ASKED, "gpt-4o", NOON + 24 * 3600).facts["baa"].value is None


def test_of_a_host_that_nobody_knows_nothing_is_known() -> None:
    known = Dossier(Signed(), host=None, audit_log=False)
    assert known.published("m") == {}
    facts = known.on(date(2026, 11, 28), "m").facts
    assert {name for name, fact in facts.items() if fact.value is not None} == {"audit_log"}


def test_models_that_clients_name_are_not_remembered_for_ever() -> None:
    known = dossier()
    for number in range(3000):
        known.asked(ASKED, f"m{number}", NOON)
    assert len(known._parts) <= 1024
    assert len(known._whole) <= 1024


def test_figures_run_out_too() -> None:
    known = dossier()
    late = day_of(NOON) + timedelta(days=3650)
    assert known.on(late, "gpt-4o").facts["soc2"].value is None
