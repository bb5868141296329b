"""Golden vectors: transformers' own Qwen3Model in torch float64 on the seeded weights, and on the
weights as each of the builder's quantised files holds them. See README.md."""

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx
import torch
from tokenizers import Tokenizer
from transformers import Qwen3Config, Qwen3Model

from seeded import CONFIG, END_OF_TEXT, SEED, weights

HERE = Path(__file__).resolve().parent
PACKAGES = ["torch", "transformers", "tokenizers", "numpy", "onnx", "onnxruntime", "onnxruntime-genai"]
QUERY, KEY = CONFIG["num_attention_heads"] * 32, CONFIG["num_key_value_heads"] * 32


def stored(folder: Path) -> dict[str, np.ndarray]:
    """A built model's initialisers; INT4 ones come back as one integer per element."""
    model = onnx.load(folder / "model.onnx")
    return {t.name: onnx.numpy_helper.to_array(t) for t in model.graph.initializer}


def dequantised_matmul(tensors: dict[str, np.ndarray], name: str) -> np.ndarray:
    """[out, in]: the layout torch wants, from MatMulNBits' [out, blocks, bytes] or MatMul's [in, out]."""
    if name in tensors:
        return tensors[name].astype(np.float64).T
    scales = tensors[f"{name}_scales"].astype(np.float64)
    if f"{name}_Q8" in tensors:
        codes = tensors[f"{name}_Q8"].astype(np.float64) - 128
    else:
        packed = tensors[f"{name}_Q4"]
        codes = np.stack([packed & 15, packed >> 4], axis=-1).reshape(*packed.shape[:2], -1)
        codes = codes.astype(np.float64) - 8
    return (codes * scales[:, :, None]).reshape(scales.shape[0], -1)


def dequantised_table(tensors: dict[str, np.ndarray]) -> np.ndarray:
    name = "model.embed_tokens.weight"
    if name in tensors:
        return tensors[name].astype(np.float64)
    codes = tensors[f"{name}_Q4"].astype(np.float64).reshape(CONFIG["vocab_size"], -1, 32)
    return (codes * tensors[f"{name}_scales"].astype(np.float64)[:, :, None]).reshape(len(codes), -1)


def state_of(folder: Path) -> dict[str, np.ndarray]:
    """A built model's weights under transformers' names."""
    tensors = stored(folder)
    state = {"embed_tokens.weight": dequantised_table(tensors)}
    for n in range(CONFIG["num_hidden_layers"]):
        p = f"layers.{n}."
        qkv = dequantised_matmul(tensors, f"model.{p}attn.qkv_proj.MatMul.weight")
        state[p + "self_attn.q_proj.weight"] = qkv[:QUERY]
        state[p + "self_attn.k_proj.weight"] = qkv[QUERY : QUERY + KEY]
        state[p + "self_attn.v_proj.weight"] = qkv[QUERY + KEY :]
        o_proj = dequantised_matmul(tensors, f"model.{p}attn.o_proj.MatMul.weight")
        state[p + "self_attn.o_proj.weight"] = o_proj
        for part in ("gate_proj", "up_proj", "down_proj"):
            matrix = dequantised_matmul(tensors, f"model.{p}mlp.{part}.MatMul.weight")
            state[f"{p}mlp.{part}.weight"] = matrix
        for part in ("q_norm", "k_norm"):
            state[f"{p}self_attn.{part}.weight"] = tensors[f"model.{p}attn.{part}.layernorm.weight"]
        for part in ("input_layernorm.weight", "post_attention_layernorm.weight"):
            state[p + part] = tensors[f"model.{p}{part}"]
    last = CONFIG["num_hidden_layers"]
    state["norm.weight"] = tensors[f"model.layers.{last}.final_norm_layernorm.weight"]
    return state


def seeded_state() -> dict[str, np.ndarray]:
    return {name.removeprefix("model."): value for name, value in weights().items()}


def model_of(state: dict[str, np.ndarray]) -> Qwen3Model:
    model = Qwen3Model(Qwen3Config(**CONFIG, attn_implementation="eager")).double().eval()
    tensors = {name: torch.from_numpy(value.astype(np.float64)) for name, value in state.items()}
    model.load_state_dict(tensors, strict=True)
    return model


@torch.no_grad()
def embed(model: Qwen3Model, ids: list[int]) -> list[float]:
    hidden = model(input_ids=torch.tensor([ids]), use_cache=False).last_hidden_state[0, -1]
    unit = hidden / hidden.norm()
    return [float(f"{value:.8g}") for value in unit.tolist()]


def prompt(row: dict) -> str:
    return f"Instruct: {row['task']}\nQuery:{row['text']}" if "task" in row else row["text"]


def main(work: Path) -> None:
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(work / "checkpoint/tokenizer.json"))
    rows = json.loads((HERE / "texts.json").read_text())
    for row in rows:
        row["ids"] = tokenizer.encode(prompt(row)).ids
        assert row["ids"][-1] == END_OF_TEXT
        row["vectors"] = {}
    states = {"fp32": seeded_state}
    for dtype, folder in {"q4": "cpu-int4", "q8": "cpu-int8", "fp16": "webgpu-fp16", "q4f16": "webgpu-int4"}.items():
        states[dtype] = lambda folder=folder: state_of(work / folder)
    for dtype, make in states.items():
        model = model_of(make())
        for row in rows:
            row["vectors"][dtype] = embed(model, row["ids"])
    versions = {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
    head = json.dumps({"seed": SEED, "versions": versions}, indent=1)[:-2]
    body = ",\n".join("  " + json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    (HERE / "qwen3-seeded.json").write_text(f'{head},\n "rows": [\n{body}\n ]\n}}\n')


if __name__ == "__main__":
    main(Path(sys.argv[1]))
