import pytest

from headgate.privacy.identifiers.national import (
    BY_FORM,
    BY_GROUPS,
    BY_WORD,
    SCHEMES,
    is_grouped_as,
)

BY_KIND = {scheme.kind: scheme for scheme in SCHEMES}
# Published examples, each with one wrong digit or letter beside it.
EXAMPLES = {
    "gb_nino": ("AB123456C", "AB123456E"),
    "gb_nhs": ("9434765919", "9434765918"),
    "de_idnr": ("36574261809", "36574261808"),
    "fr_nir": ("295109912611193", "295109912611194"),
    "es_dni": ("54362315K", "54362315Z"),
    "es_nie": ("X2482300W", "X2482300A"),
    "it_codice_fiscale": ("RCCMNL83S18D969H", "RCCMNL83S18D969A"),
    "nl_bsn": ("111222333", "111222334"),
    "be_nn": ("85073003328", "85073003329"),
    "pl_pesel": ("44051401359", "44051401358"),
    "se_personnummer": ("811228-9874", "811228-9875"),
    "no_fodselsnummer": ("11077941012", "11077941013"),
    "fi_hetu": ("131052-308T", "131052-308U"),
    "ch_ssn": ("7569217076985", "7569217076984"),
    "in_aadhaar": ("234123412346", "234123412347"),
    "cn_ric": ("11010519491231002X", "110105194912310021"),
    "sg_nric": ("S1234567D", "S1234567E"),
    "tw_id": ("A123456789", "A123456788"),
    "hk_id": ("A123456(3)", "A123456(4)"),
    "au_medicare": ("2123456701", "2123456711"),
    "ca_sin": ("123456782", "123456783"),
    "br_cpf": ("39053344705", "39053344706"),
    "cl_rut": ("125319092", "125319091"),
    "mx_rfc": ("GODE561231GR8", "GODE561231GR9"),
}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_published_example_is_valid_and_a_changed_one_is_not(kind):
    right, wrong = EXAMPLES[kind]
    assert BY_KIND[kind].is_valid(right)
    assert not BY_KIND[kind].is_valid(wrong)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.kind)
def test_every_check_answers_and_every_scheme_can_be_found(scheme):
    assert scheme.is_valid("0" * 13) in {True, False}
    assert scheme.forms or scheme.groups or (scheme.words and scheme.sizes)


def test_schemes_are_found_by_shape_groups_and_name():
    assert [each.kind for each in BY_FORM[b"a0000000a"]] == ["es_nie", "sg_nric"]
    assert [each.kind for each in BY_GROUPS[(3, 3, 3, 2)]] == ["br_cpf"]
    assert [each.kind for each in BY_WORD["bsn"]] == ["nl_bsn"]
    assert BY_KIND["nl_bsn"].named == {"bsn", "burgerservicenummer", "sofinummer", "sofi"}


def test_groups_count_only_with_their_separators():
    assert is_grouped_as(BY_KIND["br_cpf"], (3, 3, 3, 2), (".", ".", "-"))
    assert not is_grouped_as(BY_KIND["br_cpf"], (3, 3, 3, 2), (" ", " ", " "))
