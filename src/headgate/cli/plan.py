"""`headgate plan`: cloud API or own hardware, for one workload."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate.cli.amounts import Amount, Named, Share
from headgate.cli.ledger_file import db_option
from headgate.cli.options import config_option, json_option

if TYPE_CHECKING:
    from headgate.estimate.traffic import Traffic
    from headgate.planner.question import Question
    from headgate.planner.report import Report

NEEDS = ("hipaa", "financial", "trade_secrets", "gdpr", "air_gapped", "government")
MAPPINGS = ("allowances", "hardware_usd", "rent_usd_per_hour")


@click.command(short_help="Cloud API or own hardware: cost, speed, crossover.")
@click.option("--preset", help="Begin with one: classic, chat, rag, code, batch, clinic.")
@click.option("--tokens", "monthly_tokens", type=Amount(), help="Tokens a month, as 10M.")
@click.option("--output-share", type=Share(), help="Of the tokens, written by the model: 30%.")
@click.option("--tokens-per-request", type=Amount(), help="Input and output of one request.")
@click.option("--requests", "requests_per_month", type=Amount(), help="Requests a month.")
@click.option("--input-tokens", type=Amount(), help="Of one request, with --requests.")
@click.option("--output-tokens", type=Amount(), help="Of one request, with --requests.")
@click.option("--from", "source", help="A usage file or trace, or `ledger`.")
@click.option("--format", "form", help="Of the file, where its columns do not tell.")
@click.option("--cached", "cached_share", type=Share(), help="Of the input, read from a cache.")
@click.option("--batch", "batch_share", type=Share(), help="Of the requests, may wait a day.")
@click.option("--peak", "peak_to_mean", type=Amount(), help="Busiest minute over the mean.")
@click.option("--hours", "hours_per_day", type=Amount(), help="Hours of use a day.")
@click.option("--days", "days_per_week", type=Amount(), help="Days of use a week.")
@click.option("--growth", "growth_per_month", type=Share(), help="Each month: 10%.")
@click.option("--ttft", "ttft_s", type=Amount(), help="Most seconds to the first token, p95.")
@click.option("--tokens-per-s", type=Amount(), help="Least speed of an answer.")
@click.option("--quality", "quality_floor", type=Amount(), help="Least MMLU-Pro, in per cent.")
@click.option("--need", "needs", multiple=True, type=click.Choice(NEEDS), help="Must go local.")
@click.option("--region", help="Where data must stay: eu, us, ….")
@click.option("--signed", multiple=True, help="A provider you have the contracts with.")
@click.option("--team-hours", "team_hours_per_month", type=Amount(), help="To run it, a month.")
@click.option("--api", "apis", multiple=True, help="Compare this hosted model.")
@click.option("--own", "machines", multiple=True, help="MODEL@HARDWARE:TENURE to compare.")
@click.option("--hybrid/--no-hybrid", default=None, help="Own hardware with peaks to an API.")
@click.option("--spare", "spare_units", type=click.IntRange(0, 100), help="Replicas held ready.")
@click.option("--tariff", help="Electricity of a country or state: de, us-ca.")
@click.option("--usd-per-kwh", type=Amount(), help="Your own price of electricity.")
@click.option("--set", "allowances", multiple=True, type=Named(), help="A hidden cost.")
@click.option("--hardware-usd", multiple=True, type=Named(), help="Price paid, by hardware.")
@click.option("--rent", "rent_usd_per_hour", multiple=True, type=Named(), help="By hardware.")
@click.option("--as-of", help="Prices of this day: 2026-11-27.")
@click.option("--rerun", type=click.Path(exists=True, dir_okay=False), help="A report's JSON.")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, one line an option.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write a page.")
@db_option
@config_option
def command(html: Path | None, **options: Any) -> None:
    """Cloud API or own hardware: cost, speed, crossover and a recommendation.

    Needs no configuration and sends nothing. What is not said is assumed, and the report says
    what: `headgate catalog` lists the models, machines and hidden costs.

    \b
    headgate plan --tokens 2B --output-share 15%
    headgate plan --from usage.csv --need hipaa --region eu
    headgate plan --from ledger --own llama-3.3-70b@h100-sxm:rented
    headgate plan --preset classic --json
    """
    from headgate.runtime.planning import make_plan

    forms = {name: options.pop(name) for name in ("as_json", "as_csv", "as_markdown")}
    if sum(forms.values()) > 1:
        raise click.UsageError("--json, --csv and --markdown exclude each other")
    report = make_plan(_question(options))
    if html is not None:
        _write_page(report, html)
    if html is None or any(forms.values()):
        _print(report, **forms)


def _question(options: dict[str, Any]) -> "Question":
    """The question that the options ask, on top of a preset or an earlier report."""
    from headgate.planner.link import question_of

    source, form = options.pop("source"), options.pop("form")
    places = {name: options.pop(name) for name in ("db", "config")}
    earlier = options.pop("rerun")
    given = {name: value for name, value in options.items() if value not in (None, ())}
    for name in MAPPINGS:
        if name in given:
            given[name] = dict(given[name])
    if source is not None:
        given["traffic"] = _traffic(source, form, **places)
    begun = _earlier(earlier) if earlier else {}
    return question_of({**begun, **given})


def _earlier(path: str) -> dict[str, Any]:
    import msgspec

    from headgate.core.errors import InvalidRequest

    try:
        report = msgspec.json.decode(Path(path).read_bytes(), type=dict[str, Any])
        return dict(report["question"])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(
            f"{path} is no report of `headgate plan --json`", hint="it has no `question`"
        ) from error


def _traffic(source: str, form: str | None, *, db: Path | None, config: Path | None) -> "Traffic":
    if source == "ledger":
        from contextlib import closing

        from headgate.cli.ledger_file import open_ledger
        from headgate.ledger.traffic import read_traffic

        with closing(open_ledger(db, config)) as store:
            return read_traffic(store)
    return _read_file(Path(source), form)


def _read_file(path: Path, form: str | None) -> "Traffic":
    from headgate.traffic.read import read_file

    label = f"reading {path.name}"
    is_hidden = not sys.stderr.isatty()
    with click.progressbar(length=1000, label=label, file=sys.stderr, hidden=is_hidden) as bar:
        return read_file(
            path, format=form, on_progress=lambda share: bar.update(int(share * 1000) - bar.pos)
        )


def _print(report: "Report", *, as_json: bool, as_csv: bool, as_markdown: bool) -> None:
    from headgate.planner.export import csv_text, markdown

    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    elif as_csv:
        click.echo(csv_text(report), nl=False)
    elif as_markdown:
        click.echo(markdown(report), nl=False)
    else:
        from headgate.cli.views.plan import show

        show(report)


def _write_page(report: "Report", path: Path) -> None:
    from headgate.core.errors import HeadgateError
    from headgate.server.report_page import report_page

    try:
        path.write_text(report_page(report), "utf-8")
    except OSError as error:
        raise HeadgateError(f"cannot write `{path}`: {error.strerror}") from error
    click.echo(f"wrote {path}", err=True)
