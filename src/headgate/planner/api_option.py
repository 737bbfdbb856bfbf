"""A hosted model's bill: tokens at list price, and what comes with them."""

from headgate.catalog.apis import HostedModel, hosted_models
from headgate.catalog.sources import Range
from headgate.core.usage import Money
from headgate.estimate.api_cost import HourlyPrice, mean_request_usd, prices_of_day
from headgate.planner.allowances import allowance
from headgate.planner.bill import Bill, Part, monthly_fee
from headgate.planner.inputs import Input
from headgate.planner.known import known
from headgate.planner.option import Option, Setting

TOKENIZERS = Input(
    id="api_tokens",
    name="Tokens a provider counts",
    unit="factor",
    range=Range(low=0.9, usual=1.0, high=1.1),
    source="tokenizers differ by about a tenth on the same text: headgate.estimate.tokens",
)


def api_option(name: str, setting: Setting) -> Option:
    """The option of one hosted model.

    Raises:
        InvalidRequest: The catalogue does not have it.
    """
    api = known(
        name,
        hosted_models(),
        what="hosted model",
        param="apis",
        hint="`headgate catalog apis` lists them",
    )
    usd, source = request_usd(api, setting)
    if usd is None:
        return Option(
            id=api.id,
            name=api.name,
            kind="api",
            bill=None,
            problem=f"no price list has `{api.model}` of {api.provider}",
            api=api,
        )
    return Option(
        id=api.id,
        name=api.name,
        kind="api",
        bill=Bill(parts=_parts(api, float(usd), source, setting)),
        api=api,
    )


def request_usd(api: HostedModel, setting: Setting) -> tuple[Money | None, str]:
    """Dollars of the mean request, deferrable ones at the batch price; and the list's name."""
    workload = setting.workload
    prices = prices_of_day(api.provider, api.model, setting.day)
    if prices is None:
        return None, ""
    now = mean_request_usd(prices, workload.classes, workload.hours_utc)
    share = workload.batch_share
    if now is None or not share:
        return now, prices[0].price.source
    later = mean_request_usd(_batch_prices(api, setting), workload.classes, workload.hours_utc)
    assert later is not None
    keep = type(now)(repr(share))
    return now * (1 - keep) + later * keep, prices[0].price.source


def _batch_prices(api: HostedModel, setting: Setting) -> tuple[HourlyPrice, ...]:
    prices = prices_of_day(api.provider, api.model, setting.day, is_batch=True)
    assert prices is not None
    return prices


def _parts(
    api: HostedModel, usd_per_request: float, source: str, setting: Setting
) -> tuple[Part, ...]:
    usd_per_token = usd_per_request / setting.workload.tokens_per_request
    counted = setting.inputs.add(TOKENIZERS)
    rate_limits = allowance("api_rate_limit_share", setting.question, setting.inputs)
    tokens = Part(
        id="tokens",
        name="Tokens",
        formula=f"{{tokens}} tokens × ${usd_per_token * 1e6:.4g} per million, "
        "each request at the rates for its own length",
        inputs=(counted,),
        per_token=usd_per_token,
        source=f"{source}: `{api.model}`",
        checked=str(setting.day),
    )
    waiting = Part(
        id="rate_limits",
        name="Rate limits: retries and waiting",
        formula="{api_rate_limit_share:.1%} of the tokens' cost",
        inputs=(rate_limits, counted),
        per_token=usd_per_token,
    )
    return (tokens, waiting, *_monthly(setting))


def _monthly(setting: Setting) -> tuple[Part, ...]:
    """What comes each month, however many tokens."""

    def named(name: str) -> str:
        return allowance(name, setting.question, setting.inputs)

    hours, wage = named("api_engineering_hours"), named("engineering_usd_per_hour")
    engineering = Part(
        id="engineering",
        name="Engineering",
        formula="{0:.3g} h × ${1:.2f}",
        inputs=(hours, wage),
        fixed=1.0,
    )
    fees = (
        ("monitoring", "Monitoring", named("api_monitoring_usd")),
        ("support", "Support plan", named("api_support_usd")),
    )
    return (engineering, *(monthly_fee(*fee) for fee in fees))
