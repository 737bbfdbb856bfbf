"""Driving licences: hundreds of forms, so the words before the number decide."""

from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.identifiers.announced import Announcement
from headgate.privacy.text import Text
from headgate.privacy.words import Words

_ANNOUNCED = Announcement(
    gate=Words(
        "driver drivers driving führerschein fuehrerschein permis patente licencia carnet "
        "carné permiso rijbewijs prawo prawa carta carteira cnh körkort körkortsnummer dl "
        "dln driverlicense driverlicence driverslicense driverslicence drivinglicence "
        "drivinglicense "
    ),
    words=(
        r"driv(?:er|ing)(?:['’]?s)?[ _-]?(?:licen[cs]e|permit)|driver_?licen[cs]e"
        r"|f(?:ü|ue)hrerschein|permis de conduire|patente di guida"
        r"|(?:licencia|carn[eé]|permiso) de conducir|rijbewijs|praw[oa] jazdy"
        r"|carta de condu[cç][aã]o|carteira de motorista|cnh\b|körkort\w{0,3}"
        r"|dl ?#|dl(?= no)|dln\b"
    ),
    value=r"(?=(?:[a-z -]{0,6}[0-9]){4})[a-z]{0,5}[0-9](?:[a-z0-9]|[ -](?=[a-z]{0,2}[0-9])){3,20}",
)


def _find(text: Text) -> Iterator[Hit]:
    yield from (Hit(*span) for span in _ANNOUNCED.find(text))


DETECTOR = Detector(
    name="driver_licence",
    find=_find,
    examples=(
        "my driver's license number is 2270-66-1551",
        "My driver's license number is F162823540116",
        "Driver License: 6940579",
        "driving licence MORGA657054SM9IJ",
        "Führerschein Nr. B072RRE2I55",
        "permis de conduire: 123456789012",
        '{"drivers_license": "D1234567"}',
        "DL# S530-4602-9004",
        "DLN: 99999999",
    ),
    counter_examples=(
        "renew your driver's license by 2027",
        "the driver version 550 supports 1234567 devices",
        "F162823540116",
        "driving at 120",
    ),
)
