"""Runs an ONNX model by ONNX Runtime and prints its outputs as JSON.

    compare.py MODEL INPUTS

INPUTS is a safetensors file with the inputs as float32; `lengths` are rounded to whole numbers. The graph is checked first, with the shapes of all
values inferred.
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime
import safetensors.numpy

model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
inputs = safetensors.numpy.load_file(sys.argv[2])
if "lengths" in inputs:
    inputs["lengths"] = np.rint(inputs["lengths"]).astype(np.int64)
names = [output.name for output in session.get_outputs()]
outputs = dict(zip(names, session.run(names, inputs)))
print(json.dumps({
    "metadata": session.get_modelmeta().custom_metadata_map,
    "values": {name: value.astype(float).ravel().tolist() for name, value in outputs.items()},
}))
