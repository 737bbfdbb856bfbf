"""What the words around digits say: that they are a telephone number, or something else."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from headgate.privacy.text import Text
from headgate.privacy.words import Words

NEAR_CHARACTERS = 56
# Matched against lower case: ignoring case would cost `re` its shortcuts.
_WORDS = (
    r"(?:phone|t[eé]l[eéè][fp]|mobile|mobil\b|call.?back|toll.?free|whats.?app|voice.?mail"
    r"|\b(?:cell|fax|desk|t[eé]l|tlf|tfn|ph|mob|handy|sms|viber|telegram|pager|switchboard"
    r"|text(?:s|ed|ing)?|call(?:s|ed|ing|er)?|dial(?:s|ed|ling|ing)?|ring(?:ing)?|rang|buzz"
    r"|reach(?:es|ed|able|ing)?|contact(?:s|ed|ing)?|speak(?:ing)?|talk(?:ing)?|touch|hold of"
    r"|answer(?:s|ed|ing)?|pick(?:s|ed|ing)? up|hang(?:s|ing)? up|messag(?:e|es|ed|ing)"
    r"|registered|hotline|helpline|landline|subscriber|sim|prepaid|porting|roaming|direct line"
    r"|(?:my|his|her|our|their|your|new|old|work|home|office|emergency|same|another|wrong|the)"
    r" (?:\w+ )?numbers?|rufnummer|handynummer|anrufen|erreichbar|erreichen|num[eé]ro|m[oó]vil"
    r"|cellulare|portable|ll[aá]m[ae]\w*|llamar|chiam\w{1,6}|appele[rz]|joindre|ligue|ligar|bel"
    r"|bellen|puhelin\w*|zadzwo\w+|volejte|hívj\w*)\b"
    r"|电话|電話|手机|手機|携帯|전화|тел|звон|هاتف|טלפון|τηλ)"
)
_NEAR = re.compile(_WORDS)
# For digits in one piece: the word, and then nothing that ends a thought.
_LEADS_UP = re.compile(_WORDS + r"\w{0,8}\.?(?:[^0-9\n.;?!]|\.(?! )){0,36}\Z")
_AFTER = re.compile(
    r"(?: ?[(-]|,) ?(?:phone|mobile|cell|tel|fax|home|work|office|desk|direct)\b"
    r"|,? (?:is|was) (?:my|his|her|our|their|your|the)\b[^.\n]{0,24}"
    r"\b(?:phone|mobile|cell|number)\b",
)
_ANOTHER_KIND = (
    "id|order|ticket|case|account|acct|invoice|ref|reference|serial|imei|model|zip|tracking"
    "|card|page|line|port|version|error|code|function|license|licence|passport|member|policy|npi"
    "|mrn|ssn|security|tax|routing|employee|student|customer|patient|room|pin|record|claim|isbn"
    "|badge|certificate|transaction|cve|iban|batch"
)
_SIGNS = ":#* \"'=(-"
_ENDS_SOMETHING_ELSE = (*_ANOTHER_KIND.split("|"), "number", "num", "no", "no.", "is", "of")
_SOMETHING_ELSE = re.compile(
    rf"\b(?:{_ANOTHER_KIND})(?: (?:number|num|no\.?|is|of))*[{_SIGNS}]{{0,4}}\Z"
)
_PARTS = (
    "phone telef telep télé telé mobil callback tollfree whatsapp voicemail puhelin zadzwo llam"
    " llám chiam hívj"
)
_GATE_WORDS = (
    "tel tél telp tlf tfn ph mob cell fax desk handy sms viber telegram pager switchboard text "
    "texts texted texting call calls called calling caller dial dials dialed dialling dialing "
    "ring ringing rang buzz reach reaches reached reachable reaching contact contacts contacted "
    "contacting speak speaking talk talking touch hold answer answers answered answering pick "
    "picks picked hang hangs message messages messaged messaging registered hotline helpline "
    "landline subscriber sim prepaid porting roaming direct number numbers anrufen erreichbar "
    "erreichen numéro numero móvil movil cellulare portable llama llame lláma llamar llámame "
    "llámeme llamame chiama chiamami chiamare chiamate appeler appelez joindre ligue ligar bel "
    "bellen mobil toll whats voice back home work office téléphone rufnummer "
    "handynummer volejte "
)
_GATE = Words(_GATE_WORDS, parts=_PARTS, numbered=False)
"""One of these or of `_PARTS` occurs wherever `_WORDS` or `_AFTER` match, in western letters."""


def before(text: Text, start: int) -> str:
    """What stands near before `start`, in lower case."""
    return text.lower[max(0, start - NEAR_CHARACTERS) : start]


def after(text: Text, end: int) -> str:
    """What stands near after `end`, in lower case."""
    return text.lower[end : end + NEAR_CHARACTERS]


def may_stand(text: Text, start: int, end: int) -> bool:
    """Whether any of the words stands near what is between `start` and `end`; fast."""
    return _stand(text, start - NEAR_CHARACTERS, end + NEAR_CHARACTERS)


def precede(text: Text, start: int, *, is_whole: bool) -> bool:
    """Whether words before `start` announce a number, which may be digits in one piece."""
    if not _stand(text, start - NEAR_CHARACTERS, start):
        return False
    return (_LEADS_UP if is_whole else _NEAR).search(before(text, start)) is not None


def follow(text: Text, end: int) -> bool:
    """Whether words after `end` say what stood before them: `… is my number`."""
    if not _stand(text, end, end + NEAR_CHARACTERS):
        return False
    return _AFTER.match(after(text, end)) is not None


def say_something_else(before: str) -> bool:
    """Whether what stands before a number names one of another kind."""
    if not before.rstrip(_SIGNS).endswith(_ENDS_SOMETHING_ELSE):
        return False
    return _SOMETHING_ELSE.search(before) is not None


def _stand(text: Text, first: int, last: int) -> bool:
    places = text.derived(_places)
    if places is None:
        return True
    at = bisect_left(places, first)
    return at < len(places) and places[at] < last


def _places(text: Text) -> Sequence[int] | None:
    """Where words stand that announce one; `None`: anywhere, as it has foreign letters."""
    return None if any(map(str.isalpha, text.foreign)) else _GATE.places(text)
