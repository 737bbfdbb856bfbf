from headgate.privacy.reference import markdown
from headgate.privacy.scan import known_labels


def test_every_label_has_its_line_with_an_example_and_a_counter_example():
    lines = [line for line in markdown().splitlines() if line.startswith("| `")]
    assert sorted(line.split("`")[1] for line in lines) == sorted(known_labels())
    for line in lines:
        cells = line.replace("\\|", "").strip("| ").split(" | ")
        assert len(cells) == 4, line
        assert all(cells), line


def test_names_are_among_what_is_only_looked_for_where_it_is_asked_for():
    usual, asked_for = markdown().split("## Told by lists")
    assert "| `person` |" in asked_for
    assert "| `email` |" in usual
