import re
from hashlib import sha256

from headgate.cli.main import run
from headgate.config.locate import read_document
from headgate.config.schema import ClientKey


def test_the_key_is_alone_on_stdout_and_its_hash_is_a_line_for_the_file(capsys):
    assert run(["key", "alice"]) == 0
    out, err = capsys.readouterr()
    key = out.strip()
    assert re.fullmatch(r"hg-[A-Za-z0-9_-]{43}", key)
    assert key not in err
    [entry] = read_document("keys:\n" + err.partition("\n")[2]).data["keys"]
    assert ClientKey.model_validate(entry).name == "alice"
    assert entry["hash"] == "sha256:" + sha256(key.encode()).hexdigest()


def test_no_two_keys_are_the_same(capsys):
    run(["key", "alice"])
    run(["key", "alice"])
    first, second = capsys.readouterr().out.split()
    assert first != second


def test_a_name_that_reads_as_a_number_stays_a_name(capsys):
    run(["key", "1"])
    err = capsys.readouterr().err
    assert read_document("keys:\n" + err.partition("\n")[2]).data["keys"][0]["name"] == "1"


def test_a_name_the_configuration_would_refuse_is_refused(capsys):
    assert run(["key", "Alice Smith"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "a name may only hold" in err
