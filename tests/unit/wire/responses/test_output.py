"""Items as they grow, each by itself."""

from headgate.core.stream import Citation, Source
from headgate.wire.responses.output import OpenCall, OpenMessage, OpenThought, Said


def names(said: list[Said]) -> list[str]:
    return [name.removeprefix("response.") for name, _ in said]


def test_a_thought_without_words_is_only_there():
    thought = OpenThought(0, "rs")
    said, item = thought.end("sealed")
    assert names([*thought.begin(), *said]) == ["output_item.added", "output_item.done"]
    assert item == {"id": "rs", "type": "reasoning", "summary": [], "encrypted_content": "sealed"}


def test_a_thought_is_told_as_one_part_of_a_summary():
    thought = OpenThought(2, "rs")
    said = [*thought.begin(), *thought.add("a"), *thought.add("b")]
    ended, item = thought.end()
    assert names([*said, *ended]) == [
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
    ]
    assert item["summary"] == [{"type": "summary_text", "text": "ab"}]
    assert "encrypted_content" not in item
    assert {members["output_index"] for _, members in [*said, *ended]} == {2}


def test_parts_of_a_message_follow_each_other():
    message = OpenMessage(0, "msg")
    said = [*message.begin(), *message.add("output_text", "a"), *message.add("refusal", "no")]
    ended, item = message.end("completed")
    assert names([*said, *ended]) == [
        "output_item.added",
        *("content_part.added", "output_text.delta", "output_text.done", "content_part.done"),
        *("content_part.added", "refusal.delta", "refusal.done", "content_part.done"),
        "output_item.done",
    ]
    assert [part["type"] for part in item["content"]] == ["output_text", "refusal"]
    places = [members.get("content_index") for _, members in [*said, *ended]]
    assert places == [None, 0, 0, 0, 0, 1, 1, 1, 1, None]


def test_what_was_said_before_does_not_change_with_what_is_said_after():
    message = OpenMessage(0, "msg")
    (_, added), (_, part), _ = [*message.begin(), *message.add("output_text", "a")]
    message.add("output_text", "b")
    message.end("completed")
    assert added["item"]["content"] == []
    assert part["part"]["text"] == ""


def test_sources_with_an_address_are_pages_and_others_files():
    message = OpenMessage(0, "msg")
    message.add("output_text", "It is sunny.")
    page = Source(url="https://a.example", title="A")
    told = message.cite(Citation(text="sunny", start=6, end=11, sources=(page,)))
    ((name, members),) = told
    assert name == "response.output_text.annotation.added"
    assert members["annotation_index"] == 0
    message.cite(Citation(text="sunny.", sources=(Source(id="doc-1"), page)))
    _, item = message.end("completed")
    assert item["content"][0]["annotations"] == [
        {"type": "url_citation", "url": page.url, "title": "A", "start_index": 6, "end_index": 11},
        {"type": "file_citation", "file_id": "doc-1", "filename": "doc-1", "index": 6},
        {"type": "url_citation", "url": page.url, "title": "A", "start_index": 6, "end_index": 12},
    ]


def test_a_call_and_the_proof_behind_it():
    call = OpenCall(1, "fc", call_id="call", name="f")
    assert call.add("") == []
    said = [*call.begin(), *call.add('{"a"'), *call.add(":1}")]
    call.signature = "sig"
    ended, item = call.end("completed")
    assert names([*said, *ended]) == [
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
    ]
    assert item["arguments"] == '{"a":1}'
    assert item["extra_content"] == {"google": {"thought_signature": "sig"}}
