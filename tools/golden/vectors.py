"""Files of vectors as numpy writes them, into vectors.json: what src/collection/transfer must read.

Usage: python vectors.py (numpy 2.4.6; see README.md)
"""

import base64
import io
import json
import pathlib

import numpy as np
from numpy.lib import format as npy

ROWS, DIMENSIONS = 3, 5


def saved(array, version=None):
    buffer = io.BytesIO()
    npy.write_array(buffer, array, version)
    return base64.b64encode(buffer.getvalue()).decode()


def fvecs(rows):
    """As FAISS's contrib/vecs_io.py does: an int32 column before the values."""
    table = np.empty((rows.shape[0], rows.shape[1] + 1), dtype="<i4")
    table[:, 0] = rows.shape[1]
    table[:, 1:] = rows.view("<i4")
    return base64.b64encode(table.tobytes()).decode()


rows = np.random.default_rng(7).standard_normal((ROWS, DIMENSIONS))
rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("<f4")
half = rows.astype("<f2")

golden = {
    "numpy": np.__version__,
    "dimensions": DIMENSIONS,
    # float64 holds both exactly, and JSON keeps every digit of it.
    "float32": rows.astype("f8").ravel().tolist(),
    "float16": half.astype("f8").ravel().tolist(),
    "read": {
        "float32": {f"{v}.0": saved(rows, (v, 0)) for v in (1, 2, 3)},
        "float16": {f"{v}.0": saved(half, (v, 0)) for v in (1, 2, 3)},
    },
    "refused": {
        "float64": saved(rows.astype("<f8")),
        "big-endian": saved(rows.astype(">f4")),
        "Fortran order": saved(np.asfortranarray(rows)),
        "one dimension": saved(rows[0]),
        "three dimensions": saved(rows[None]),
        "a record type": saved(np.zeros(3, dtype=[("a", "<f4"), ("b", "<f4")])),
        "not unit vectors": saved(2 * rows),
    },
    "empty": saved(rows[:0]),
    "fvecs": fvecs(rows),
}

target = pathlib.Path(__file__).with_name("vectors.json")
target.write_text(json.dumps(golden, indent=1) + "\n")
