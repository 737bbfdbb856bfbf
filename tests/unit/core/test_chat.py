"""Messages in no dialect."""

from headgate.core.chat import ImagePart, Message, TextPart


def test_the_text_of_a_message_is_its_text_parts_in_order() -> None:
    parts = (TextPart("a"), ImagePart(url="https://example.com/a.png"), TextPart("b"))
    assert Message(role="user", parts=parts).text == "ab"
