from hypothesis import given
from hypothesis import strategies as st

from headgate.config.draft import draft
from headgate.config.load import settings_from
from headgate.config.locate import read_document

DATA = {
    "targets": {
        "ollama-llama3.2": {"backend": "ollama", "model": "llama3.2:3b"},
        "gpt": {"backend": "openai", "api_key": "${OPENAI_API_KEY}"},
    },
    "routes": {"default": {"targets": ["ollama-llama3.2"]}},
}


def test_a_draft_says_what_was_found_and_reads_back_as_it_was():
    text = draft(DATA, ["ollama at 127.0.0.1:11434"])
    assert "#   ollama at 127.0.0.1:11434\n" in text
    assert read_document(text).data == DATA
    assert settings_from(read_document(text).data, {}).auto_route == "default"


def test_the_hints_in_comments_are_valid_settings():
    lines = draft(DATA, []).splitlines()
    start = lines.index("# Other addresses than loopback need keys; `headgate key NAME` makes one.")
    shown = [line[2:] for line in lines[start:] if line.startswith("# ") and ":" in line]
    document = read_document("\n".join(line for line in shown if not line.startswith("Other")))
    assert document.problems == []
    assert {"server", "environments"} <= document.data.keys()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_model_name_reads_back_as_it_was(name):
    data = {"targets": {"a": {"backend": "vllm", "model": name}}, "routes": {}}
    assert read_document(draft(data, [])).data["targets"]["a"]["model"] == name
