from datetime import date

import pytest
from pydantic import ValidationError

from headgate.config.compliance import PolicySettings, TargetCompliance


def test_what_is_left_out_is_not_signed():
    signed = TargetCompliance().signed(None)
    fields = [
        name for name in signed.__struct_fields__ if name not in {"evidence", "despite_published"}
    ]
    assert all(getattr(signed, name) is None for name in fields)


def test_the_region_of_a_target_is_where_it_computes_unless_more_is_said():
    assert TargetCompliance().signed("eu").regions_inference == ("eu",)
    told = TargetCompliance(regions_inference=("de", "fr"))
    assert told.signed("eu").regions_inference == ("de", "fr")


def test_every_word_reaches_the_policies():
    said = TargetCompliance.model_validate(
        {
            "baa": "signed",
            "baa_covers": True,
            "retention_accepted": True,
            "dpa": "signed",
            "transfer": "SCC, TIA of March",
            "zdr": "active",
            "no_training": True,
            "soc2": "report of May",
            "iso27001": "certificate 7",
            "regions_storage": ["eu"],
            "accredited": ["il5"],
            "opted_in": ["trade_secret"],
            "despite_published": ["baa"],
            "evidence": "contract 4711",
            "until": "2027-06-30",
        }
    ).signed("eu")
    assert all(getattr(said, name) for name in said.__struct_fields__)
    assert said.until == date(2027, 6, 30)


@pytest.mark.parametrize(
    "wrong",
    [{"baa": "yes"}, {"baa": True}, {"zdr": "self_serve"}, {"regions_storage": []}, {"x": 1}],
)
def test_nothing_but_the_words_there_are_is_taken(wrong):
    with pytest.raises(ValidationError):
        TargetCompliance.model_validate(wrong)


def test_a_policy_of_one_s_own_is_that_of_the_built_in_form():
    settings = PolicySettings.model_validate(
        {"id": "p", "when": {"labels": ["@health", "board"]}, "require": "baa", "else": "deny"}
    )
    written = settings.written()
    assert (written.id, written.otherwise, written.require) == ("p", "deny", "baa")
    assert written.when.labels == ("@health", "board")
