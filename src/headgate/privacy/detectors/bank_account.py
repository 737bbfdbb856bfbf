"""Bank accounts and routing numbers, where the text says what they are."""

from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.identifiers.announced import Announcement
from headgate.privacy.identifiers.check_digits import passes_weights
from headgate.privacy.text import Text
from headgate.privacy.words import Words

_ACCOUNT = Announcement(
    gate=Words(
        (
            "account accounts acct accts bank checking saving ira brokerage deposit konto "
            "compte cuenta rekening bankaccount accountnum kontonr "
        ),
        (
            "口座番号",
            "账号",
        ),
    ),
    words=(
        r"(?:account|acct)(?=[ _.:#]{0,3}[n#:0-9])|(?:konto|rekening)(?:nummer|-?nr)"
        r"|(?:bank|checking|savings?|deposit|ira|brokerage)[ _]?(?:account|acct)"
        r"|(?:compte|cuenta)(?: bancair\w| bancaria)?|口座番号|账号"
    ),
    value=r"(?:[a-z]{2,5}-)?[0-9](?:[ -]?[0-9]){5,16}",
)
_ROUTING = Announcement(
    gate=Words("routing aba rtn"),
    words=r"(?:routing|aba)(?:[ /](?:transit|routing|aba))*|rtn\b",
    value=r"[0-9]{9}",
)
_SORT_CODE = Announcement(
    gate=Words("sort sortcode bsb"),
    words=r"sort[ _]?code|bsb\b",
    value=r"[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}|[0-9]{3}-[0-9]{3}",
)
_ROUTING_WEIGHTS = (3, 7, 1, 3, 7, 1, 3, 7, 1)
ACCOUNT_SCORE = 0.8


def _find(text: Text) -> Iterator[Hit]:
    if b"000000" not in text.shape and b"0 0" not in text.shape:
        return
    hits = [Hit(*span, kind="account", score=ACCOUNT_SCORE) for span in _ACCOUNT.find(text)]
    for start, end in _ROUTING.find(text):
        if passes_weights(text.value[start:end], _ROUTING_WEIGHTS, 10):
            hits.append(Hit(start, end, kind="routing"))
    hits += (Hit(*span, kind="sort_code") for span in _SORT_CODE.find(text))
    done = 0
    for hit in sorted(hits):
        if hit.start >= done:
            yield hit
            done = hit.end


DETECTOR = Detector(
    name="bank_account",
    find=_find,
    examples=(
        "account number 12345678",
        "Acct #: 000123456789",
        "checking account 1234-5678-90",
        "Routing #011000015",
        "ABA routing number: 021000021",
        "sort code 20-00-00",
        "BSB 062-000",
        "Kontonummer: 1234567890",
        '{"account_number": "12345678"}',
    ),
    counter_examples=(
        "routing number 021000022",
        "create an account in 2 minutes",
        "12345678",
        "on account of 3 people",
        "account for 12345678 rows",
    ),
)
