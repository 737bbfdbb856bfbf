"""National identifiers: for each, its check, the groups it is written in, and its name in texts.

Written in `groups`, or in the shape `forms` of letters and digits, one is found by itself: its
check and its groups leave little to chance. Digits in one piece count only where one of `words`
stands before them, for a tenth of all numbers pass a single check digit.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from itertools import product
from typing import TypeVar, cast

from msgspec import Struct

from headgate.privacy.identifiers.check_digits import passes_weights

Key = TypeVar("Key")


class Scheme(Struct, frozen=True):
    """How one country numbers its people."""

    kind: str
    check: str
    """A module of `python-stdnum`, or a function of this module, which begins with `_`."""
    words: str = ""
    """Single words in lower case, with spaces between."""
    sizes: tuple[int, ...] = ()
    """How many digits it has."""
    groups: tuple[str, ...] = ()
    """Such as `3.3.3-2`."""
    forms: tuple[bytes, ...] = ()
    """See `Text.shape`."""

    @property
    def named(self) -> frozenset[str]:
        """Its `words`, apart."""
        return frozenset(self.words.split())

    def is_valid(self, written: str) -> bool:
        """Whether its check digits, dates and ranges allow `written`."""
        return _check(self.check)(written)


_RFC_FORMS = tuple(b"aaaa000000" + bytes(end) for end in product(b"a0", repeat=3))

SCHEMES = (
    Scheme("gb_nino", "_is_nino", forms=(b"aa000000a", b"aa 00 00 00 a")),
    Scheme("gb_nhs", "gb.nhs", "nhs chi", (10,)),
    Scheme("gb_utr", "gb.utr", "utr", (10,)),
    Scheme(
        "de_idnr",
        "de.idnr",
        "idnr steuerid steuernummer identifikationsnummer steueridentifikationsnummer tin",
        (11,),
    ),
    Scheme(
        "fr_nir", "_is_nir", "nir insee vitale sécurité", (15,), ("15", "1 2 2 2 3 3 2", "13 2")
    ),
    Scheme("es_dni", "es.dni", forms=(b"00000000a", b"00000000 a", b"00 000 000 a")),
    Scheme("es_nie", "es.nie", forms=(b"a0000000a", b"a 0000000 a", b"a 0000000a")),
    Scheme("it_codice_fiscale", "it.codicefiscale", forms=(b"aaaaaa00a00a000a",)),
    Scheme("nl_bsn", "nl.bsn", "bsn burgerservicenummer sofinummer sofi", (8, 9)),
    Scheme(
        "be_nn",
        "be.nn",
        "rijksregister rijksregisternummer insz niss nn national",
        (11,),
        ("2.2.2-3.2", "6-3-2", "6 3 2"),
    ),
    Scheme("pl_pesel", "pl.pesel", "pesel pesela peselu", (11,)),
    Scheme("se_personnummer", "se.personnummer", "personnummer", (10, 12), ("6-4", "8-4")),
    Scheme(
        "no_fodselsnummer",
        "no.fodselsnummer",
        "fødselsnummer personnummer fnr",
        (11,),
        ("11", "6 5"),
    ),
    Scheme("dk_cpr", "dk.cpr", "cpr personnummer", (10,)),
    Scheme(
        "fi_hetu", "fi.hetu", forms=(b"000000 000a", b"000000 0000", b"000000a000a", b"000000a0000")
    ),
    Scheme("is_kennitala", "is_.kennitala", "kennitala kt", (10,)),
    Scheme("pt_nif", "pt.nif", "nif contribuinte", (9,)),
    Scheme("pt_cc", "pt.cc", forms=(b"00000000 0 aa0", b"000000000aa0")),
    Scheme("ie_pps", "_is_pps", "pps ppsn ppsno", forms=(b"0000000a", b"0000000aa")),
    Scheme("at_vnr", "at.vnr", "sozialversicherungsnummer svnr vsnr", (10,)),
    Scheme("ch_ssn", "ch.ssn", "ahv avs oasi", (13,), ("3.4.4.2", "13")),
    Scheme("cz_rc", "cz.rc", "rodné rodne rč rc", (9, 10), ("6/4", "6/3")),
    Scheme("ro_cnp", "ro.cnp", "cnp", (13,), ("13",)),
    Scheme("bg_egn", "bg.egn", "egn егн", (10,)),
    Scheme("hr_oib", "hr.oib", "oib", (11,)),
    Scheme("ee_ik", "ee.ik", "isikukood", (11,)),
    Scheme("lt_asmens", "lt.asmens", "asmens", (11,)),
    Scheme("lv_pk", "lv.pvn", "personas", (11,), ("6-5",)),
    Scheme("si_emso", "si.emso", "emšo emso jmbg", (13,)),
    Scheme("gr_amka", "gr.amka", "amka αμκα", (11,)),
    Scheme("tr_tckimlik", "tr.tckimlik", "kimlik tckn tc", (11,)),
    Scheme("il_id", "il.idnr", "teudat zehut ת", (9,)),
    Scheme("ru_inn", "ru.inn", "inn инн", (10, 12)),
    Scheme("ua_rntrc", "ua.rntrc", "rntrc рнокпп іпн", (10,)),
    Scheme("in_aadhaar", "in_.aadhaar", "aadhaar aadhar uidai आधार", (12,)),
    Scheme("in_pan", "_is_pan", forms=(b"aaaaa0000a",)),
    Scheme("cn_ric", "cn.ric", groups=("18",), forms=(b"00000000000000000a",)),
    Scheme("jp_my_number", "jp.in_", "mynumber マイナンバー 個人番号", (12,)),
    Scheme("kr_rrn", "kr.rrn", "rrn", (13,), ("6-7",)),
    Scheme("tw_id", "_is_taiwanese", forms=(b"a000000000",)),
    Scheme("hk_id", "_is_hong_kong", forms=(b"a000000 0 ",)),
    Scheme("sg_nric", "_is_nric", forms=(b"a0000000a",)),
    Scheme("my_nric", "my.nric", "nric mykad", (12,), ("6-2-4",)),
    Scheme("th_pin", "th.pin", groups=("1-4-5-2-1", "1 4 5 2 1")),
    Scheme("id_nik", "id.nik", "nik ktp", (16,)),
    Scheme("pk_cnic", "pk.cnic", "cnic nadra", (13,), ("5-7-1",)),
    Scheme("au_tfn", "au.tfn", "tfn", (8, 9)),
    Scheme("au_medicare", "_is_medicare", "medicare", (10, 11)),
    Scheme("nz_ird", "nz.ird", "ird", (8, 9)),
    Scheme("za_id", "za.idnr", "rsa african", (13,)),
    Scheme("ca_sin", "ca.sin", "sin insurance nas", (9,)),
    Scheme("mx_curp", "mx.curp", forms=(b"aaaa000000aaaaaa00", b"aaaa000000aaaaaaa0")),
    Scheme("mx_rfc", "_is_rfc", forms=_RFC_FORMS),
    Scheme("br_cpf", "br.cpf", "cpf", (11,), ("3.3.3-2",)),
    Scheme("br_cnpj", "br.cnpj", "cnpj", (14,), ("2.3.3/4-2",)),
    Scheme("ar_dni", "ar.dni", "dni", (7, 8)),
    Scheme("ar_cuit", "ar.cuit", "cuit cuil", (11,), ("2-8-1",)),
    Scheme("cl_rut", "cl.rut", "rut", (8, 9), ("2.3.3-1", "1.3.3-1"), (b"00 000 000 a",)),
    Scheme("co_nit", "co.nit", "nit", (9, 10)),
    Scheme("do_cedula", "do.cedula", "cedula cédula", (11,), ("3-7-1",)),
    Scheme("ec_ci", "ec.ci", "cedula cédula", (10,)),
    Scheme("pe_cui", "pe.cui", "dni cui", (8, 9)),
)

_SEPARATORS = str.maketrans("", "", " .-/()")
_NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z][0-9]{6}[A-D]\Z")
_NIR = re.compile(r"[1278][0-9]{2}(?:0[1-9]|1[0-2])[0-9]{10}\Z")
_NRIC_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
_NRIC = {
    "S": (0, "JZIHGFEDCBA"),
    "T": (4, "JZIHGFEDCBA"),
    "F": (0, "XWUTRQPNMLK"),
    "G": (4, "XWUTRQPNMLK"),
    "M": (3, "XWUTRQPNJLK"),
}
"""What is added to the weighted sum, and the letter for each remainder, by the first letter."""
_TAIWAN_REGIONS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_TAIWAN_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
_MEDICARE_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9)


@cache
def _check(name: str) -> Callable[[str], bool]:
    if name.startswith("_"):
        return cast(Callable[[str], bool], globals()[name])
    # Loaded when first needed: all of them take a while, and most texts need none.
    return cast(Callable[[str], bool], import_module(f"stdnum.{name}").is_valid)


def _is_nino(written: str) -> bool:
    return _NINO.match(written.translate(_SEPARATORS)) is not None


def _is_nir(written: str) -> bool:
    plain = written.translate(_SEPARATORS)
    return _NIR.match(plain) is not None and _check("fr.nir")(plain)


def _is_pps(written: str) -> bool:
    return written.isupper() and _check("ie.pps")(written)


def _is_pan(written: str) -> bool:
    return written.isupper() and _check("in_.pan")(written)


def _is_rfc(written: str) -> bool:
    rfc = import_module("stdnum.mx.rfc")
    return bool(rfc.is_valid(written, validate_check_digits=True))


def _is_nric(written: str) -> bool:
    if written[0] not in _NRIC:
        return False
    added, letters = _NRIC[written[0]]
    total = sum(w * int(d) for w, d in zip(_NRIC_WEIGHTS, written[1:8], strict=True))
    return written[8] == letters[(total + added) % 11]


def _is_taiwanese(written: str) -> bool:
    if written[0] not in _TAIWAN_REGIONS or written[1] not in "1289":
        return False
    number = f"{_TAIWAN_REGIONS.index(written[0]) + 10}{written[1:]}"
    return passes_weights(number, _TAIWAN_WEIGHTS, 10)


def _is_hong_kong(written: str) -> bool:
    if not written[0].isupper() or written[7] != "(" or written[9] != ")":
        return False
    values = [36, ord(written[0]) - ord("A") + 10, *map(int, written[1:7] + written[8])]
    return sum(w * v for w, v in zip(range(9, 0, -1), values, strict=False)) % 11 == 0


def _is_medicare(written: str) -> bool:
    if written[0] not in "23456":
        return False
    total = sum(w * int(d) for w, d in zip(_MEDICARE_WEIGHTS, written, strict=False))
    return written[8] == str(total % 10)


def _by(key: Callable[[Scheme], Iterable[Key]]) -> Mapping[Key, tuple[Scheme, ...]]:
    table: dict[Key, tuple[Scheme, ...]] = {}
    for scheme in SCHEMES:
        for each in key(scheme):
            table[each] = (*table.get(each, ()), scheme)
    return table


def _grouping(groups: str) -> tuple[int, ...]:
    return tuple(map(int, _GAP.split(groups)))


_GAP = re.compile(r"[^0-9]")
BY_FORM = _by(lambda scheme: scheme.forms)
BY_GROUPS = _by(lambda scheme: map(_grouping, scheme.groups))
"""Sizes of groups that identifiers are written in; `Scheme.groups` has what stands between."""
BY_WORD = _by(lambda scheme: scheme.words.split() if scheme.sizes else ())


def is_grouped_as(scheme: Scheme, sizes: Iterable[int], gaps: Sequence[str]) -> bool:
    """Whether groups of these sizes, with `gaps` in between, are how it is written."""
    first, *others = map(str, sizes)
    written = first + "".join(gap + size for gap, size in zip(gaps, others, strict=True))
    return written in scheme.groups
