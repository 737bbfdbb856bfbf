"""`headgate ask`: one question, through the same routes as any client's."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate.cli.options import config_option, json_option

if TYPE_CHECKING:
    from headgate.gateway.handle import Prepared


@click.command(short_help="Ask one question.")
@click.argument("prompt", required=False)
@config_option
@click.option("--model", "-m", default="auto", show_default=True, help="Route, target or model.")
@click.option("--label", "labels", multiple=True, help="Privacy label, such as phi; repeatable.")
@click.option("--max-tokens", type=click.IntRange(min=1), help="Longest answer.")
@click.option("--dry-run", is_flag=True, help="Print where it would go and why; send nothing.")
@json_option
def command(
    prompt: str | None, config: Path | None, as_json: bool, dry_run: bool, **more: Any
) -> None:
    """Ask PROMPT, or what stands on standard input.

    \b
    headgate ask "Why is the sky blue?"
    git diff | headgate ask -m chat --dry-run
    """
    from headgate.runtime.library import Headgate

    request = _request(prompt, more)
    with Headgate(config) as client:
        if dry_run:
            _show_decision(client.decide(**request), as_json)
        elif as_json:
            answer = client.chat.completions.create(**request)
            click.echo(json.dumps(answer, ensure_ascii=False))
        else:
            stream = client.chat.completions.create(stream=True, **request)
            for chunk in stream:
                for choice in chunk.choices:
                    click.echo(choice.delta.content or "", nl=False)
            click.echo()
            click.echo(f"{stream.headgate.target} · {stream.headgate.decision}", err=True)


def _request(prompt: str | None, more: dict[str, Any]) -> dict[str, Any]:
    if prompt is None:
        if sys.stdin.isatty():
            raise click.UsageError("nothing was asked: give a prompt, or pipe one in")
        prompt = sys.stdin.read()
    return {"messages": [{"role": "user", "content": prompt}], **more}


def _show_decision(prepared: "Prepared", as_json: bool) -> None:
    import msgspec

    if as_json:
        shown = {"facts": prepared.facts, "decision": prepared.decision}
        click.echo(msgspec.json.encode(shown))
        return
    for place, item in enumerate(prepared.decision.ranked, 1):
        click.echo(f"{place}. {item.candidate.name}")
        for rule, verdict in item.verdicts.items():
            click.echo(f"   {rule}: {verdict.reason}")
    for item in prepared.decision.refused:
        click.echo(f"refused: {item.candidate.name}")
        for rule, reason in item.vetoes.items():
            click.echo(f"   {rule}: {reason}")
