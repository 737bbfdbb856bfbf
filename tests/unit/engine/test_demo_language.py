from math import isclose

from headgate.engine.demo_language import FALLBACK, JSON_RULES, habits
from headgate.engine.demo_text import INTRODUCTION, SENTENCES
from headgate.engine.demo_vocabulary import TURN_END, pieces


def likeliest(piece: str) -> set[str]:
    """What may follow at temperature 0; engines break ties as they like."""
    following = habits().get(piece, FALLBACK)
    most = max(following.values())
    return {successor for successor, share in following.items() if isclose(share, most)}


def longest_way_to_the_end(piece: str, seen: tuple[str, ...] = ()) -> int:
    assert piece not in seen, f"at temperature 0 it would say for ever: {seen}"
    if piece == TURN_END:
        return len(seen)
    return max(longest_way_to_the_end(next_, (*seen, piece)) for next_ in likeliest(piece))


def test_the_shares_of_every_habit_add_up() -> None:
    for piece, following in habits().items():
        total = sum(following.values())
        assert 0.98 < total < 1.02, (piece, total)


def test_the_introduction_is_always_said_whole() -> None:
    words = pieces(INTRODUCTION)
    said = [words[0]]
    while said[-1] != ".":
        (following,) = habits()[said[-1]]
        said.append(following)
    assert said == words
    assert likeliest("\n") == {words[0]}
    assert not {word for sentence in SENTENCES for word in pieces(sentence)} & set(words[:-1])


def test_every_answer_ends_at_temperature_0() -> None:
    for piece in {*habits(), "anything else"} - JSON_RULES.keys():
        assert longest_way_to_the_end(piece) < 40


def test_nothing_but_a_first_word_follows_the_gap_between_sentences() -> None:
    assert set(habits()["\n\n"]) == {pieces(sentence)[0] for sentence in SENTENCES}


def test_json_closes_what_is_open_rather_than_going_on() -> None:
    for end in ('"}', '"]', "}", "]", " 42", " true"):
        following = JSON_RULES[end]
        assert min(following["}"], following["]"]) > following[","]
