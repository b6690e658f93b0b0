"""From views to encodings in the running program: onnxruntime on the CPU, no torch."""

import os

# From 1.31 on onnxruntime tells its makers over the network what it runs, and keeps what it could
# not yet send in the user's cache. Nothing leaves this computer: it reads this when it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

from fabricfinder.encoding.onnx_encoder import OnnxEncoder, load_default_encoder  # noqa: E402

__all__ = ["OnnxEncoder", "load_default_encoder"]
