from headgate.backends.exchange import Endpoint


def test_an_endpoint_does_not_show_its_headers() -> None:
    endpoint = Endpoint(base_url="http://a.test", headers={"authorization": "Bearer s3cret"})
    assert "s3cret" not in repr(endpoint)
