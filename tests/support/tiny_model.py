"""The demonstration model for tests: as GGUF for llama.cpp, as a Hugging Face folder for vLLM."""

import json
import struct
from pathlib import Path
from typing import Any

from headgate.engine import demo_vocabulary
from headgate.engine.demo_model import CONTEXT_TOKENS, ROPE_BASE, ensure_demo_model
from headgate.engine.demo_text import CHAT_TEMPLATE
from headgate.engine.demo_weights import (
    FEED_FORWARD_SIZE,
    HEAD_SIZE,
    NORM_EPSILON,
    DemoModel,
    compile_demo,
)
from headgate.engine.gguf_writer import Tensor

CANNED_ARGUMENTS = {"city": "Paris", "unit": "c"}
CANNED_CALL = f'\n{{"name": "get_weather", "arguments": {json.dumps(CANNED_ARGUMENTS)}}}\n'
"""What the Hugging Face model calls where nothing holds it to the schema of a tool."""

HF_NAMES = {
    "token_embd.weight": "model.embed_tokens.weight",
    "blk.0.attn_norm.weight": "model.layers.0.input_layernorm.weight",
    "blk.0.attn_q.weight": "model.layers.0.self_attn.q_proj.weight",
    "blk.0.attn_k.weight": "model.layers.0.self_attn.k_proj.weight",
    "blk.0.attn_v.weight": "model.layers.0.self_attn.v_proj.weight",
    "blk.0.attn_output.weight": "model.layers.0.self_attn.o_proj.weight",
    "blk.0.ffn_norm.weight": "model.layers.0.post_attention_layernorm.weight",
    "blk.0.ffn_gate.weight": "model.layers.0.mlp.gate_proj.weight",
    "blk.0.ffn_up.weight": "model.layers.0.mlp.up_proj.weight",
    "blk.0.ffn_down.weight": "model.layers.0.mlp.down_proj.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
SAFETENSORS_NUMBERS = {"f16": "F16", "f32": "F32"}


def demo_gguf(folder: Path) -> Path:
    """The demonstration model in `folder`, for example `tmp_path_factory.getbasetemp()`."""
    return ensure_demo_model(folder)


def write_hf_fixture(folder: Path) -> Path:
    """The same model as Hugging Face lays one out, in `folder`, which is returned."""
    model = compile_demo(canned_call=CANNED_CALL)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.safetensors").write_bytes(_safetensors(model.tensors))
    special = _special_tokens(model)
    documents: dict[str, Any] = {
        "config.json": _config(model, special),
        "generation_config.json": special,
        "tokenizer.json": _tokenizer(model),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": demo_vocabulary.END_OF_TEXT,
            "pad_token": demo_vocabulary.END_OF_TEXT,
            "eos_token": demo_vocabulary.TURN_END,
            "model_max_length": CONTEXT_TOKENS,
            "clean_up_tokenization_spaces": False,
            "chat_template": CHAT_TEMPLATE,
        },
    }
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document, indent=1))
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    return folder


def _safetensors(tensors: tuple[Tensor, ...]) -> bytes:
    head: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    pieces: list[bytes] = []
    offset = 0
    for tensor in tensors:
        data = _halved(tensor) if tensor.name.endswith(("attn_q.weight", "attn_k.weight")) else None
        piece = bytes(tensor.data) if data is None else data
        head[HF_NAMES[tensor.name]] = {
            "dtype": SAFETENSORS_NUMBERS[tensor.number],
            "shape": list(reversed(tensor.dimensions)),
            "data_offsets": [offset, offset + len(piece)],
        }
        offset += len(piece)
        pieces.append(piece)
    encoded = json.dumps(head).encode()
    encoded += b" " * (-len(encoded) % 8)
    return struct.pack("<Q", len(encoded)) + encoded + b"".join(pieces)


def _halved(tensor: Tensor) -> bytes:
    """Rows in Hugging Face's order: it rotates row `i` with `i + half`, GGUF `2i` with `2i + 1`."""
    size = len(tensor.data) // tensor.rows
    order = [*range(0, tensor.rows, 2), *range(1, tensor.rows, 2)]
    return b"".join(bytes(tensor.data[row * size : (row + 1) * size]) for row in order)


def _special_tokens(model: DemoModel) -> dict[str, int]:
    return {
        "bos_token_id": model.vocabulary.of(demo_vocabulary.END_OF_TEXT),
        "pad_token_id": model.vocabulary.of(demo_vocabulary.END_OF_TEXT),
        "eos_token_id": model.vocabulary.of(demo_vocabulary.TURN_END),
    }


def _config(model: DemoModel, special: dict[str, int]) -> dict[str, Any]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": len(model.vocabulary.tokens),
        "hidden_size": model.width,
        "intermediate_size": FEED_FORWARD_SIZE,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "num_key_value_heads": 1,
        "head_dim": HEAD_SIZE,
        "max_position_embeddings": CONTEXT_TOKENS,
        "rms_norm_eps": NORM_EPSILON,
        "rope_theta": ROPE_BASE,
        "rope_parameters": {"rope_theta": ROPE_BASE, "rope_type": "default"},
        "tie_word_embeddings": False,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "dtype": "float32",
        **special,
    }


def _tokenizer(model: DemoModel) -> dict[str, Any]:
    by_bytes = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            _added_token(model, text, is_hidden=text in demo_vocabulary.CONTROL_TOKENS)
            for text in (*demo_vocabulary.CONTROL_TOKENS, *demo_vocabulary.MARKER_TOKENS)
        ],
        "normalizer": None,
        "pre_tokenizer": {**by_bytes, "use_regex": True},
        "post_processor": None,
        "decoder": {**by_bytes, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": model.vocabulary.ids,
            "merges": [list(pair) for pair in model.vocabulary.merges],
        },
    }


def _added_token(model: DemoModel, text: str, *, is_hidden: bool) -> dict[str, Any]:
    return {
        "id": model.vocabulary.of(text),
        "content": text,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": is_hidden,
    }
