"""How long telephone numbers are, by the calling code of their country.

Numbering plans change a few times a year, so these lengths rate a number and refuse none.
"""

from collections.abc import Iterator

# From the metadata of Google's libphonenumber 9.0.43 (Apache-2.0): the lengths that national
# numbers of any kind can have, then the calling codes of the plans in which they do.
_PLANS = (
    "4,5: 290; 4,5,6,7: 690; 4,5,6,7,8,9,10,11: 352; 4,5,6,7,8,9,10,11,12,13: 43 598; "
    "4,5,6,7,8,9,10,11,12,13,14,15: 49; 4,5,6,7,10: 98; 4,7: 683; 5: 500 682; 5,6: 247; 5,6,7: "
    "688; 5,6,7,8: 386; 5,6,7,8,9,10: 27 64; 5,6,7,8,9,10,11: 31; 5,6,7,8,9,10,11,12: 358 971; "
    "5,6,7,8,9,10,12: 61; 5,6,7,8,9,11: 852; 5,6,7,10: 685; 5,6,8,9,10,11,12,13,14: 82; 5,7: "
    "676 677 678; 5,8: 47 686; 6: 298 299 672 687; 6,7: 597; 6,7,8,9: 252 355; 6,7,8,9,10: 48 "
    "95 880; 6,7,8,9,10,11: 375 595; 6,7,8,9,10,11,12: 39 381; 6,7,8,9,10,12: 46; 6,7,8,9,12: "
    "359; 6,7,8,10: 53; 6,7,9: 421; 6,8,9: 376 689; 6,8,9,10,11,12,13: 63; 6,9: 40 508 681; 7: "
    "238 239 246 248 269 291 297 592 673 674 680 691 692; 7,8: 241 599 670 675 853 961 965 975; "
    "7,8,9: 231 385 967 968; 7,8,9,10: 84 243 254 353; 7,8,9,10,11: 886; 7,8,9,10,11,12: 86 "
    "972; 7,8,9,10,11,12,13,14,15,16,17: 62; 7,8,9,11: 974; 7,8,10: 230 267 372; 7,8,10,11: "
    "507; 7,8,11: 503; 7,9: 220 245 265 354 423; 7,9,10: 44 263; 7,10: 1 960; 7,10,12,13: 90; "
    "7,11: 501 679; 8: 45 216 222 223 226 227 228 232 235 236 253 257 266 350 356 357 370 371 "
    "373 374 389 505 509 973 993; 8,9: 32 36 51 213 224 233 237 250 258 264 268 377 382 387 591 "
    "962 963; 8,9,10: 20 60 855 856 964 970 976; 8,9,10,11: 55 593; 8,9,10,11,12: 92 383; "
    "8,9,10,11,12,13: 91; 8,9,10,11,12,13,14,15,16,17: 81; 8,9,10,13: 66; 8,10: 378 506 850; "
    "8,10,11: 57 65 977; 8,11: 502 504; 9: 33 34 93 94 211 212 218 221 240 242 244 249 251 255 "
    "256 260 261 262 351 590 594 596 992 994 995 998; 9,10: 380 966 996; 9,10,11: 56; "
    "9,10,11,12: 420; 9,12: 41; 10: 52 58 225 229; 10,11: 54; 10,11,12: 30; 10,11,12,13,14: "
    "234; 10,14: 7"
)
_LONGEST_CODE = 3


def _lengths() -> Iterator[tuple[str, frozenset[int]]]:
    for plan in _PLANS.split("; "):
        lengths, codes = plan.split(": ")
        for code in codes.split():
            yield code, frozenset(map(int, lengths.split(",")))


_LENGTHS = dict(_lengths())


def is_complete(digits: str) -> bool:
    """Whether `digits`, a calling code first, are as many as its country's numbers have."""
    for size in range(1, _LONGEST_CODE + 1):
        lengths = _LENGTHS.get(digits[:size])
        if lengths is not None:
            return len(digits) - size in lengths
    return False
