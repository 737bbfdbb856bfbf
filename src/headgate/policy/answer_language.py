"""Recognise an answer in another script than the question: small models slip into Chinese.

Languages of one script are not told apart, and a question that names a language or asks for a
translation is left alone.
"""

import re
from collections.abc import Mapping

FEWEST_QUESTION_LETTERS = 15
FEWEST_ANSWER_LETTERS = 30
FOREIGN_SHARE = 0.7
"""Of the answer's letters. An answer that quotes a foreign name or sentence has fewer."""
MOST_CHARS = 8_000

_SCRIPTS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(f"[{ranges}]")
    for name, ranges in {
        "Latin": "A-Za-zÀ-ɏḀ-ỿ",
        "Greek": "Ͱ-Ͽἀ-῿",
        "Cyrillic": "Ѐ-ԯ",
        "Hebrew": "\u0590-\u05ff",
        "Arabic": "\u0600-\u06ff\u0750-\u077f",
        "Devanagari": "\u0900-\u097f",
        "Thai": "\u0e00-\u0e7f",
        "Hangul": "\u1100-\u11ff\uac00-\ud7af",
        # Japanese writes with Chinese characters and its own.
        "Chinese or Japanese": "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff",
    }.items()
}
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|https?://\S+", re.DOTALL)
_NAMES_A_LANGUAGE = re.compile(
    r"\b(?:languages?|translat\w*|transliterat\w*|pinyin|romaji|kanji|kana|hiragana|katakana"
    r"|chinese|mandarin|cantonese|japanese|korean|hangul|russian|ukrainian|bulgarian|serbian"
    r"|greek|arabic|hebrew|persian|farsi|urdu|hindi|sanskrit|marathi|nepali|thai|cyrillic"
    r"|english|french|german|spanish|italian|portuguese|dutch|polish|turkish|vietnamese"
    r"|übersetz\w*|sprache|tradu\w*|tradui\w*|lengua|idioma|langue|lingua"
    r"|[a-zäöüß]+isch(?:e[nrsm]?)?)\b"
    r"|перев|язык|翻译|翻譯|語|语|中文|英文|日本|번역|한국어|영어|ترجم|अनुवाद|แปล|μετάφρ|μεταφρ",
    re.IGNORECASE,
)


def strays(question: str, answer: str) -> bool:
    """Whether most of `answer` is in scripts that `question` has not one letter of."""
    asked = question[:MOST_CHARS]
    if _NAMES_A_LANGUAGE.search(asked):
        return False
    known = {name for name, letters in _SCRIPTS.items() if letters.search(asked)}
    if _letters(asked) < FEWEST_QUESTION_LETTERS:
        return False
    said = _CODE.sub(" ", answer[:MOST_CHARS])
    counts = {name: len(letters.findall(said)) for name, letters in _SCRIPTS.items()}
    total = sum(counts.values())
    foreign = sum(count for name, count in counts.items() if name not in known)
    return total >= FEWEST_ANSWER_LETTERS and foreign >= FOREIGN_SHARE * total


def _letters(text: str) -> int:
    return sum(len(letters.findall(text)) for letters in _SCRIPTS.values())
