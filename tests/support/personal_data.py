"""Made-up personal data of every kind that is masked, and sentences that speak of it."""

import string
from random import Random
from typing import NamedTuple

from stdnum import luhn
from stdnum.iso7064 import mod_97_10

LABELS = ("email", "card", "phone", "ssn", "iban", "secret", "person", "address")
FIRST = ("Anna", "Michael", "Laura", "Thomas", "Sophie", "Daniel", "Maria", "Robert")
LAST = ("Schmidt", "Johnson", "Garcia", "Miller", "Peterson", "Williams", "Rossi", "Müller")
STREETS = ("Main Street", "Oak Avenue", "Maple Drive", "Park Road")
TOWNS = ("Springfield, IL", "Denver, CO", "Portland, OR", "Austin, TX")
_SENTENCES = {
    "email": ("Please write to {}.", "From: {} to all", "mail {} today"),
    "card": ("The card {} was charged.", "pay with {}, please"),
    "phone": ("Call me at {} after six.", "Phone: {}"),
    "ssn": ("My social security number is {}.", "SSN: {}"),
    "iban": ("Send it to the account {}.", "IBAN: {}"),
    "secret": ("The key is {} for now.", "export TOKEN={}"),
    "person": ("My name is {}.", "I spoke with Dr. {} yesterday."),
    "address": ("She lives at {} now.", "Ship it to {} please."),
}
_FILLERS = (
    "What shall we do?",
    "The report is due on Friday.",
    "Nothing else changed since then.",
    'He said "fine" \\ and left\tearly.',
    "so, die Größe stimmt, 日本 🎉.",
    "Items: {0} <b>bold</b> & more.",
)


class Datum(NamedTuple):
    """A value, and what it is."""

    label: str
    value: str


def some(random: Random, label: str) -> Datum:
    """A value of this label that no other call gives."""
    return Datum(label, _MAKERS[label](random))


def sentence(random: Random, datum: Datum) -> str:
    """Words around a value, as people write them."""
    told = random.choice(_SENTENCES[datum.label]).format(datum.value)
    before, after = random.choice(_FILLERS), random.choice(_FILLERS)
    return random.choice([told, f"{before} {told}", f"{told} {after}", f"{before}\n{told}"])


def filler(random: Random) -> str:
    """Words about nobody."""
    return random.choice(_FILLERS)


def _email(random: Random) -> str:
    name = random.choice(["ada.lovelace", "j_smith", "zoe+news", "O.Brien"])
    return f"{name}{random.randrange(10**6)}@{random.choice(['corp', 'mail-x'])}.io"


def _card(random: Random) -> str:
    digits = "4" + "".join(random.choices(string.digits, k=14))
    digits += luhn.calc_check_digit(digits)
    groups = [digits[at : at + 4] for at in range(0, 16, 4)]
    return random.choice(["", " ", "-"]).join(groups)


def _phone(random: Random) -> str:
    area = random.choice([212, 415, 312, 617])
    return f"+1 ({area}) {random.randint(220, 399)}-{random.randrange(1000, 10000)}"


def _ssn(random: Random) -> str:
    area, group = random.choice([536, 212, 420, 530]), random.randint(10, 99)
    return f"{area}-{group}-{random.randint(1000, 9999)}"


def _iban(random: Random) -> str:
    rest = "".join(random.choices(string.digits, k=18))
    return f"DE{mod_97_10.calc_check_digits(rest + 'DE')}{rest}"


def _secret(random: Random) -> str:
    return "ghp_" + "".join(random.choices(string.ascii_letters + string.digits, k=36))


def _person(random: Random) -> str:
    return f"{random.choice(FIRST)} {random.choice(LAST)}"


def _address(random: Random) -> str:
    place = f"{random.randint(10, 9999)} {random.choice(STREETS)}"
    return f"{place}, {random.choice(TOWNS)} {random.randint(60001, 69999)}"


_MAKERS = {
    "email": _email,
    "card": _card,
    "phone": _phone,
    "ssn": _ssn,
    "iban": _iban,
    "secret": _secret,
    "person": _person,
    "address": _address,
}
