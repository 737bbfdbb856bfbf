"""Medical record numbers: each hospital has its own form, so the words before them decide."""

import re
from collections.abc import Iterator

from headgate.privacy.detector import Detector, Hit
from headgate.privacy.identifiers.announced import Announcement
from headgate.privacy.text import Text
from headgate.privacy.words import Words

_VALUE = r"[a-z]{0,4}[- ]?[0-9]{4,12}(?:-[0-9a-z]{1,8})?"
_ANNOUNCED = Announcement(
    gate=Words(
        "mrn mrns medical med patient patienten chart hospital health unit medicalrecord medrec "
    ),
    words=(
        r"mrns?\b|med(?:ical|\.)?[ _]?rec(?:ord)?s?\b|(?:patient|chart|hospital|health record"
        r"|unit)[ _]?(?=id|n)|patienten-?(?=id|n)|health records?\b"
    ),
    value=_VALUE,
    between=r"(?:[ _-]{0,2}(?:id(?:entifier)?|numbers?|nummer|num|no|nr|#)\b\.?){0,2}"
    r"(?: (?:retrieval|management|system|file|for|use|using|the|mrn|assigned|is|was)\b,?){0,4}",
)
_MEDICAL = Words("medical", numbered=False)
_SELF = Words("mrn mrns", numbered=False)
FOLLOWED_REACH = 32
_FOLLOWED = re.compile(
    r"(?<![a-z0-9-])([a-z]{1,3}[0-9]{6,10})[\"'*_`)]{0,4}(?:'s| for| in the| in)? medical rec"
)


def _find(text: Text) -> Iterator[Hit]:
    spans = set(_ANNOUNCED.find(text))
    for place in _MEDICAL.places(text):
        followed = _FOLLOWED.search(
            text.lower, max(0, place - FOLLOWED_REACH), place + len("medical rec")
        )
        if followed is not None:
            spans.add(followed.span(1))
    if _SELF.occur(text):
        spans.update(_self_named(text))
    yield from (Hit(*span) for span in _apart(sorted(spans)))


def _self_named(text: Text) -> Iterator[tuple[int, int]]:
    """`MRN-780498`, and several of them in a row."""
    start = text.lower.find("mrn")
    while start >= 0:
        end = start + 3
        end += text.value[end : end + 1] in {"-", ":", "#"}
        first = end
        while text.shape[end : end + 1] == b"0":
            end += 1
        if 4 <= end - first <= 12 and not text.is_word_at(start - 1) and not text.is_word_at(end):
            yield start, end
        start = text.lower.find("mrn", end)


def _apart(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    done = 0
    for start, end in spans:
        if start >= done:
            yield start, end
            done = end


DETECTOR = Detector(
    name="mrn",
    find=_find,
    examples=(
        "MRN: 5156419",
        "Med Rec No: 239791",
        "Medical Record Number: 87793889",
        "(MRN: 3353597)",
        "medical record number CHC-00032584",
        "Appointment requested for MRN-643734.",
        "Medical Record Numbers: MED87443421, MED4156611",
        "Patient ID: L1622537",
        '{"mrn": "0012345"}',
        '{"patient_id": 4711234}',
        "Patientennummer: 1234567",
        "requires medical record MED6199207",
        "use the MRN (MRN-418985 or L4359705)",
        "with W8520332's medical records on file",
    ),
    counter_examples=(
        "medical records are kept for 30 years",
        "the MRN field holds text",
        "record number 12345678",
        "patient no longer here in 2023",
        "mrnmap1234567",
    ),
)
