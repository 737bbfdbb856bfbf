from headgate.core.chat import ToolCall
from headgate.wire.ollama.results import Answered

F1, F2, G = ToolCall("1", "f", "{}"), ToolCall("2", "f", "{}"), ToolCall("3", "g", "{}")


def noted(*calls: ToolCall) -> Answered:
    answered = Answered()
    answered.note(calls)
    return answered


def test_a_result_that_names_its_call_is_taken_at_its_word() -> None:
    answered = noted(F1, F2)
    assert answered.of("2", None) == ("2", "f")
    assert answered.of(None, "f") == ("1", "f")


def test_results_of_one_tool_answer_its_calls_in_order() -> None:
    answered = noted(F1, G, F2)
    assert [answered.of(None, name)[0] for name in ("g", "f", "f")] == ["3", "1", "2"]


def test_a_result_that_names_nothing_answers_the_next_call() -> None:
    answered = noted(F1, G)
    assert answered.of(None, None) == ("1", "f")
    assert answered.of("", "") == ("3", "g")


def test_a_result_without_a_call_has_an_id_of_its_own() -> None:
    answered = noted(F1)
    assert answered.of("own", None) == ("own", None)
    assert answered.of(None, "h") == ("call_unknown_2", "h")
    assert answered.of(None, "f") == ("1", "f")
    assert answered.of(None, None) == ("call_unknown_3", None)
