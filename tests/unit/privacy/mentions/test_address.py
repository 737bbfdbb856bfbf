"""Addresses, from their street to their last line."""

import pytest

from headgate.privacy.mentions.address import military
from headgate.privacy.mentions.label import mentions

ADDRESSES = [
    "send it to [27534 Þorsteinsgata 63\nMOSS\n, NO\n 51971] for me",
    "taxi to [692 Kuuse 53 Apt. 641, Grubbenvorst, Netherlands 04020]. Please call",
    "new one to [1987 74 Diakou Street\n Suite 680\n Kissousa\n Cyprus 36903]? I am",
    "He lives on the north side of [Rua Diadema 1903].",
    "Meet me at [the corner of Koepoortwal 115 and Hansen Street]",
    "mail [0912 P.O. Box 287 Apt. 051, Tallinn, Estonia] now",
    "enter on [20 Rue Hsine Eloued] today",
    "address: [ul. Grochowa 80] ok",
    "[8466 Hospital Way, San Diego, CA 92101]\nMain Line",
    "near the [Old Cemetery Road] there",
    "at [124 67 Devon Street West\n Suite 240] please",
    "please use [66029 138 Consul Place\n> Apt. 050\n> Broomfield\n> New Zealand 57006]",
]
NONE = [
    "Python 3 and Windows 95",
    "Section 5 of Chapter 12",
    "see RFC 5322 for it",
    "the road to hell",
    "in Xcode 7, Apple Kits",
    "5 Items Left and 3 Files",
    "on January 16, 2015",
]


def addresses(text):
    return [text[each.start : each.end] for each in mentions(text) if each.label == "address"]


@pytest.mark.parametrize("marked", ADDRESSES)
def test_an_address_is_found_from_its_number_to_its_last_line(marked):
    text = marked.replace("[", "").replace("]", "")
    assert addresses(text) == [marked[marked.index("[") + 1 : marked.index("]")]]


@pytest.mark.parametrize("text", NONE)
def test_a_name_with_a_number_is_not_always_an_address(text):
    assert addresses(text) == []


def test_an_address_of_the_armed_forces_is_found_in_any_case():
    for text in ("to Unit 7349 Box 6067\nDPO AE 99081 ok", "to psc 0413, box 8144\napo aa 42323"):
        (found,) = military(text)
        assert text[found.start : found.end].lower().startswith(("unit", "psc"))
    assert military("DPO AE 99081") == []


def test_a_place_within_an_address_is_not_named_again():
    text = "send it to 692 Kuuse 53, Grubbenvorst, Netherlands 04020"
    assert [each.label for each in mentions(text)] == ["address"]
