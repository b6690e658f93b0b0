"""From views to encodings in the running program: onnxruntime on the CPU, no torch."""

from fabricfinder.encoding.onnx_encoder import OnnxEncoder, load_default_encoder

__all__ = ["OnnxEncoder", "load_default_encoder"]
