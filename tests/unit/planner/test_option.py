"""What an option knows of itself."""

from headgate.catalog.apis import hosted_models
from headgate.catalog.models import models
from headgate.planner.api_option import api_option
from headgate.planner.own_option import own_option
from headgate.planner.question import Question
from support.plans import L4, MINI, setting_of


def test_its_quality_is_that_of_its_model():
    setting = setting_of(Question())
    assert own_option(L4, setting).quality == models()["llama-3.1-8b"].quality
    assert api_option(MINI, setting).quality == hosted_models()[MINI].quality
    unknown = next(name for name, each in hosted_models().items() if each.quality is None)
    assert api_option(unknown, setting).quality is None
