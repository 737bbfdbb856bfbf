"""The planner over HTTP, against the real server."""

import base64
import csv
import json
import select
import zlib
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

import pytest

from support import behaviours as b
from support.headgate_server import HeadgateServer
from support.plans import traffic_fields
from support.raw_http import RawClient, chat_body, request_bytes

TRACES = Path(__file__).parents[4] / "shared" / "data" / "traces"
AZURE = TRACES / "AzureLLMInferenceTrace_conv_2023.csv"
MINI = "openai/gpt-4o-mini"
PLANS = 40


def config_of(upstream, **server):
    target = {"backend": "openai_compatible", "base_url": upstream.base_url, "retries": 0}
    return {
        "server": server,
        "targets": {"box": target},
        "routes": {"chat": {"targets": ["box"]}},
    }


@pytest.fixture(scope="module")
def server(upstream, tmp_path_factory):
    with HeadgateServer(tmp_path_factory.mktemp("open"), config_of(upstream)) as server:
        yield server
        server.stop()
        assert "Traceback" not in server.said


@pytest.fixture(scope="module")
def locked(upstream, tmp_path_factory):
    keys = [{"name": "ada", "hash": f"sha256:{'0' * 64}"}]
    config = config_of(upstream, keys=keys)
    with HeadgateServer(tmp_path_factory.mktemp("locked"), config) as server:
        yield server


def ask(server, path, body=None, *, method=None):
    """One request; the body as JSON unless it is bytes."""
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    verb = method or ("GET" if body is None else "POST")
    with RawClient(server.root_url) as client:
        return client.ask(request_bytes(data, method=verb, path=path))


def refusal(answer, status=400):
    """The error, after a look at its form."""
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json) == {"error"}
    error = answer.json["error"]
    assert set(error) == {"message", "hint", "param", "code"}
    assert error["message"]
    assert "Traceback" not in error["message"]
    return error


def test_a_question_is_answered_as_its_link_is(server):
    question = {"monthly_tokens": 5e9, "needs": ["gdpr"], "signed": ["openai"]}
    posted = ask(server, "/api/plan", question)
    assert posted.status == 200
    linked = ask(server, f"/api/plan?{posted.json['link']}")
    assert linked.json == posted.json


def test_the_classic_table_by_link_and_by_question(server):
    for answer in (
        ask(server, "/api/plan?v=1&preset=classic"),
        ask(server, "/api/plan", {"preset": "classic"}),
    ):
        rows = answer.json["classic"]
        assert [float(row["usd_per_month"]) for row in rows] == [
            *(0, 2.85, 2.85, 5.5),
            *(8.8, 47.5, 47.5, 66),
        ]


def test_nothing_asked_is_the_usual_question(server):
    assert ask(server, "/api/plan").json == ask(server, "/api/plan", b"").json


def test_a_report_is_made_again_from_its_own_json(server):
    first = ask(server, "/api/plan", {"traffic": traffic_fields(), "tariff": "de"})
    again = ask(server, "/api/plan", first.json["question"])
    assert again.body == first.body


@pytest.mark.parametrize(
    ("question", "param"),
    [
        ({"colour": "red"}, "colour"),
        ({"monthly_tokens": "many"}, "monthly_tokens"),
        ({"monthly_tokens": -1}, "monthly_tokens"),
        ({"output_share": 1.5}, "output_share"),
        ({"spare_units": 1e9}, "spare_units"),
        ({"preset": "nope"}, "preset"),
        ({"needs": ["fame"]}, "needs"),
        ({"apis": ["openai/nope"]}, "apis"),
        ({"apis": "openai/gpt-4o"}, "apis"),
        ({"machines": ["x"]}, "machines"),
        ({"allowances": {"coffee": 3}}, "allowances"),
        ({"rent_usd_per_hour": {"l4": -1}}, "rent_usd_per_hour"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"tariff": "atlantis"}, "tariff"),
        ({"version": 2}, "version"),
        ({"traffic": traffic_fields(classes=[])}, "traffic"),
        ({"traffic": traffic_fields(requests=0)}, "traffic"),
        ({"traffic": traffic_fields(span_s=None)}, "requests_per_month"),
    ],
    ids=str,
)
def test_a_question_that_cannot_be_names_its_field(server, question, param):
    assert refusal(ask(server, "/api/plan", question))["param"] == param


@pytest.mark.parametrize(
    "body",
    [b"[]", b"5", b"{", b"\xff", b'{"a":' + b"[" * 100_000, b'{"monthly_tokens": 1e999}', b"NaN"],
    ids=["list", "number", "half", "bytes", "deep", "huge number", "NaN"],
)
def test_what_is_no_json_object_is_a_sentence(server, body):
    refusal(ask(server, "/api/plan", body))


def test_a_question_too_large_is_refused(server):
    body = json.dumps({"region": "x" * 300_000}).encode()
    with RawClient(server.root_url) as client:
        client.send(request_bytes(body, path="/api/plan"))
        assert client.response().status == 413


def packed(content):
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


@pytest.mark.parametrize(
    ("link", "param"),
    [
        ("v=2", "v"),
        ("colour=red", "colour"),
        ("monthly_tokens=many", "monthly_tokens"),
        ("monthly_tokens=nan", "monthly_tokens"),
        ("monthly_tokens=inf", "monthly_tokens"),
        ("preset=nope", "preset"),
        ("traffic=AAAA", "traffic"),
        (f"traffic={packed(b' ' * 8_000_000)}", "traffic"),
        (f"traffic={packed(b'[' * 60_000)}", "traffic"),
        ("region=" + "x" * 17_000, None),
    ],
    ids=[
        *("version", "unknown", "word", "nan", "inf"),
        *("preset", "damaged", "bomb", "deep", "long"),
    ],
)
def test_a_link_that_cannot_be_names_its_field(server, link, param):
    assert refusal(ask(server, f"/api/plan?{link}"))["param"] == param


def test_without_a_key_where_keys_are_configured_nothing_is_answered(locked):
    for path, body in (
        ("/api/plan", None),
        ("/api/plan", {}),
        ("/api/plan/choices", None),
        ("/api/plan/ledger", None),
        ("/api/plan/traffic", b"x"),
        ("/api/plan/export?as=csv", {}),
    ):
        assert refusal(ask(locked, path, body), 401)["code"] == "invalid_api_key"


def test_choices_are_those_of_the_catalogue(server):
    found = ask(server, "/api/plan/choices").json
    assert MINI in {each["id"] for each in found["apis"]}
    assert {"classic", "chat"} <= {each["id"] for each in found["presets"]}


def test_exports_are_text_of_the_same_report(server):
    question = {"apis": [MINI], "machines": [], "as_of": "2026-11-27"}
    report = ask(server, "/api/plan", question).json
    as_csv = ask(server, "/api/plan/export?as=csv", question)
    assert as_csv.headers["content-type"].startswith("text/csv")
    [row] = csv.DictReader(StringIO(as_csv.body.decode()))
    assert row["usd_per_month"] == report["options"][0]["usd_per_month"]
    as_markdown = ask(server, "/api/plan/export?as=markdown", question)
    assert as_markdown.headers["content-type"].startswith("text/markdown")
    assert report["verdict"]["sentence"] in as_markdown.body.decode()


@pytest.mark.parametrize("form", ["", "?as=", "?as=pdf"])
def test_an_export_nobody_knows_is_refused_with_those_there_are(server, form):
    error = refusal(ask(server, f"/api/plan/export{form}", {}))
    assert error["param"] == "as"
    assert "csv" in error["hint"]
    assert "markdown" in error["hint"]


@pytest.mark.skipif(not AZURE.exists(), reason="the shared traces are not on this machine")
def test_an_uploaded_trace_becomes_a_full_plan(server):
    uploaded = ask(server, f"/api/plan/traffic?name={AZURE.name}", AZURE.read_bytes())
    assert uploaded.status == 200
    traffic = uploaded.json
    assert (traffic["name"], traffic["format"]) == (AZURE.name, "azure_trace")
    assert traffic["requests"] == 19_366
    report = ask(server, "/api/plan", {"traffic": traffic})
    assert report.status == 200
    assert report.json["verdict"]["option"]
    assert report.json["crossovers"]
    linked = ask(server, f"/api/plan?{report.json['link']}")
    assert linked.json["options"] == report.json["options"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("usage.csv", b"a,b\n1,2\n"), ("usage.csv", b""), ("../../etc/passwd", b"\xff\x00" * 99)],
    ids=["columns of nothing", "empty", "bytes"],
)
def test_a_file_that_is_no_usage_is_a_sentence(server, name, content):
    error = refusal(ask(server, f"/api/plan/traffic?name={name}", content))
    assert Path(name).name in error["message"]
    assert "/tmp" not in error["message"]
    assert "headgate-upload" not in error["message"]


def test_an_upload_that_breaks_off_leaves_the_server_well(server):
    with RawClient(server.root_url) as client:
        client.send(request_bytes(b"half", path="/api/plan/traffic", length=1_000_000))
    assert ask(server, "/api/plan/choices").status == 200
    with RawClient(server.root_url) as client:
        client.send(request_bytes(b'{"pre', path="/api/plan", length=1_000))
    assert ask(server, "/api/plan").status == 200


def test_an_empty_ledger_is_nothing_to_plan_for_in_a_sentence(locked, upstream, tmp_path):
    with HeadgateServer(tmp_path, config_of(upstream)) as fresh:
        found = ask(fresh, "/api/plan/ledger")
        if found.status == 200:
            assert found.json["requests"] == 0
            found = ask(fresh, "/api/plan", {"traffic": found.json})
        error = refusal(found)
        assert "ledger" in error["message"]
        assert error["hint"]


def test_what_the_gateway_has_served_can_be_planned_for(server, upstream):
    upstream.use(b.OK)
    for _ in range(3):
        assert ask(server, "/v1/chat/completions", chat_body()).status == 200
    traffic = ask(server, "/api/plan/ledger").json
    assert traffic["requests"] >= 3
    question = {"traffic": traffic, "requests_per_month": 100_000}
    report = ask(server, "/api/plan", question)
    assert report.json["workload"]["requests_per_month"] == 100_000


def test_the_gateway_answers_while_plans_are_computed(server, upstream):
    upstream.use(b.OK)
    with ExitStack() as stack:
        clients = [stack.enter_context(RawClient(server.root_url)) for _ in range(PLANS)]
        for index, client in enumerate(clients):
            question = {"monthly_tokens": 1e9 + index}
            client.send(request_bytes(json.dumps(question).encode(), path="/api/plan"))
        assert ask(server, "/v1/chat/completions", chat_body()).status == 200
        sockets = [client.socket for client in clients]
        answered, _, _ = select.select(sockets, [], [], 0)
        assert len(answered) < PLANS, "the chat waited for every plan"
        assert {client.response().status for client in clients} == {200}
