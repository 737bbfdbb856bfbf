"""Which requests belong together."""

import json

from headgate.gateway.sessions import Sessions, session_of
from headgate.wire.dialects.openai_chat import DIALECT

SYSTEM, QUESTION = {"role": "system", "content": "be kind"}, {"role": "user", "content": "hello"}
ANSWER, MORE = {"role": "assistant", "content": "hi"}, {"role": "user", "content": "and now?"}


SECRET = b"s" * 32


def session(
    *messages, key: str | None = None, said: str | None = None, secret: bytes = SECRET, **fields
) -> str:
    body = {"model": "m", "messages": list(messages), **fields}
    inbound = DIALECT.decode("chat", json.dumps(body).encode())
    return session_of(inbound, key, said, secret)


def test_turns_of_a_conversation_share_how_it_began() -> None:
    first = session(SYSTEM, QUESTION)
    assert session(SYSTEM, QUESTION, ANSWER, MORE) == first
    assert session(SYSTEM, MORE) != first


def test_without_a_system_message_they_share_the_first_question() -> None:
    first = session(QUESTION)
    assert session(QUESTION, ANSWER, MORE) == first
    assert session(MORE, ANSWER, QUESTION) != first


def test_a_mark_that_moves_along_makes_no_other_conversation() -> None:
    def asked(*marks: dict[str, object]) -> dict[str, object]:
        return {
            "role": "user",
            "content": [{"type": "text", "text": "hello", **each} for each in marks],
        }

    mark = {"cache_control": {"type": "ephemeral", "ttl": "5m"}}
    assert session(asked(mark)) == session(asked({}), ANSWER, MORE)
    assert session(asked(mark)) != session(asked(mark, mark))


def test_what_the_client_calls_it_comes_first() -> None:
    assert session(QUESTION, said="s-1") == session(MORE, said="s-1")
    assert session(QUESTION, said="s-1") != session(QUESTION, said="s-2")
    assert session(QUESTION, user="ann") == session(MORE, user="ann")
    assert session(QUESTION, user="ann", said="s-1") == session(QUESTION, said="s-1")


def test_keys_never_share_sessions() -> None:
    assert session(QUESTION, said="s-1", key="alice") != session(QUESTION, said="s-1", key="bob")


def test_the_name_itself_is_nowhere() -> None:
    assert "patient" not in session(QUESTION, said="patient-7")
    assert len(session(QUESTION)) == 16


def test_without_the_secret_nobody_can_try_names() -> None:
    assert session(QUESTION, said="s-1") != session(QUESTION, said="s-1", secret=b"t" * 32)


def test_without_a_secret_there_is_one_all_the_same() -> None:
    assert len(Sessions().secret) == 32
    assert Sessions().secret != Sessions().secret
    assert Sessions(secret=SECRET).secret == SECRET


def test_a_target_holds_a_session_for_a_while() -> None:
    sessions = Sessions(remembered=2)
    sessions.served("r", "a", "box", now=0.0)
    assert sessions.held_by("r", "a", now=10.0, ttl_s=10.0) == "box"
    assert sessions.held_by("r", "a", now=10.1, ttl_s=10.0) is None
    assert sessions.held_by("other", "a", now=0.0, ttl_s=10.0) is None
    sessions.served("r", "b", "gpt", now=1.0)
    sessions.served("r", "a", "gpt", now=2.0)
    sessions.served("r", "c", "box", now=3.0)
    assert sessions.held_by("r", "b", now=3.0, ttl_s=10.0) is None, "the longest unused went"
    assert sessions.held_by("r", "a", now=3.0, ttl_s=10.0) == "gpt"
