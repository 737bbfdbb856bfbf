import pytest

from headgate.catalog.files import read
from headgate.catalog.models import Model, models

EVERY = read("models.yaml", tuple[Model, ...])


def test_ids_are_unique():
    assert len(models()) == len(EVERY)


@pytest.mark.parametrize("model", EVERY, ids=lambda model: model.id)
def test_a_model_can_exist(model: Model):
    assert 0 < model.active_parameters_b <= model.parameters_b
    assert model.heads % model.kv_heads == 0
    assert 1 <= (model.kv_layers or model.layers) <= model.layers
    assert 0 < (model.kv_window_tokens or 1) < model.context_tokens
    assert model.native_weight_bits in {4, 8, 16}
    assert model.quality is None or 0 < model.quality.percent < 100


@pytest.mark.parametrize("model", EVERY, ids=lambda model: model.id)
def test_the_layers_hold_about_as_many_parameters_as_the_model_says(model: Model):
    # Attention alone; what else a layer holds is one to eight times as much, more with experts.
    queries = model.heads * model.head_dim
    keys = model.kv_latent_dim or model.kv_heads * model.head_dim
    attention_b = model.layers * model.hidden_size * (2 * queries + 2 * keys) / 1e9
    assert attention_b < model.parameters_b


def test_the_figures_of_a_well_known_model_are_those_of_its_config():
    llama = models()["llama-3.1-8b"]
    shape = (llama.layers, llama.hidden_size, llama.heads, llama.kv_heads, llama.head_dim)
    assert shape == (32, 4096, 32, 8, 128)


def test_latent_attention_keeps_576_values_a_token_and_layer():
    assert models()["deepseek-v3"].kv_latent_dim == 512 + 64


def test_licences_that_forbid_business_are_named():
    assert models()["command-r"].licence == "CC-BY-NC-4.0"
