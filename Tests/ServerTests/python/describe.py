"""Checks what a server says about itself.

    describe.py PORT

The description at /openapi.yaml must be valid OpenAPI, and /metrics must be readable for Prometheus. Prints "valid" and the names of the metrics.
"""

import sys
import urllib.request

import yaml
from openapi_spec_validator import validate
from prometheus_client.parser import text_string_to_metric_families


def get(path):
    with urllib.request.urlopen(f"http://localhost:{sys.argv[1]}{path}") as response:
        return response.read().decode()


validate(yaml.safe_load(get("/openapi.yaml")))
families = list(text_string_to_metric_families(get("/metrics")))
for family in families:
    assert family.documentation and family.type in ("counter", "gauge", "histogram"), family
    if family.type == "histogram":
        counts = {}
        for sample in family.samples:
            labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
            if sample.name.endswith("_bucket"):
                assert sample.value >= counts.get(labels, 0), sample
                counts[labels] = sample.value
            elif sample.name.endswith("_count"):
                assert sample.value == counts[labels], sample
print("valid", " ".join(sorted(family.name for family in families)))
