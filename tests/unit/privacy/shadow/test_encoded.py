import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.privacy.shadow.encoded import decoded
from headgate.privacy.shadow.view import View

SECRET = "write to ada@example.com"
plain_text = st.text(st.sampled_from("abc XYZ 0123@.-é電\n"), min_size=16, max_size=300)


def read(text: str) -> list[str]:
    return [view.written for view in decoded(View.of(text))]


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode, bytes.hex])
@given(plain_text)
def test_what_a_run_spells_is_read(encode, text):
    run = encode(text.encode())
    run = run if isinstance(run, str) else run.decode()
    assert read(f'{{"data": "{run}"}}') == [text]


def test_a_finding_covers_the_whole_run_and_its_padding():
    run = base64.b64encode(SECRET.encode() + b"!").decode()
    assert run.endswith("=")
    [view] = decoded(View.of(f"see {run}."))
    assert view.cover(9, 12) == (4, 4 + len(run))


def test_padding_may_be_missing():
    run = base64.b64encode(b"ada@example.com.").decode().rstrip("=")
    assert read(run) == ["ada@example.com."]


def test_a_run_wrapped_into_lines_is_read_as_one():
    wrapped = base64.encodebytes((SECRET * 10).encode()).decode()
    assert wrapped.count("\n") > 3
    assert read(wrapped) == [SECRET * 10]


def test_a_run_at_the_end_of_a_path_is_read():
    run = base64.urlsafe_b64encode(SECRET.encode()).decode()
    assert read(f"https://example.com/api/v1/{run}") == [SECRET]


def test_a_prefix_of_hexadecimal_is_no_part_of_it():
    assert read(f"0x{SECRET.encode().hex()}") == [SECRET]


def test_names_paths_hashes_and_images_spell_nothing():
    generator = random.Random(5)
    noise = base64.b64encode(generator.randbytes(3000)).decode()
    lines = [generator.randbytes(32).hex() for _ in range(200)]
    words = "some_long_function_name /usr/lib/python3/dist-packages internationalization"
    assert read(f"{noise} {words} {' '.join(lines)}") == []
