from headgate.estimate.deployment import Lengths


def test_a_request_holds_its_input_and_its_output_when_it_ends():
    assert Lengths(input_tokens=1000, output_tokens=200).context_tokens == 1200


def test_only_what_is_not_cached_has_to_be_read():
    assert Lengths(input_tokens=1000, output_tokens=1, cached_tokens=900).new_tokens == 100


def test_the_last_token_is_read_even_when_all_are_cached():
    assert Lengths(input_tokens=1000, output_tokens=1, cached_tokens=1000).new_tokens == 1
