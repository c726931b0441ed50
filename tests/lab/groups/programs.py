"""Single programs: of Go, PyPI, npm and Debian."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import node, programs, pypi, rabbit

RECIPES: tuple[Recipe, ...] = (
    further(programs.victoriametrics_open, "victoriametrics", "victoriametrics-open"),
    further(programs.victoriametrics_protected, "victoriametrics", "victoriametrics-protected"),
    further(programs.etcd_3_7_open, "etcd", "etcd-3.7-open"),
    further(programs.etcd_3_7_protected, "etcd", "etcd-3.7-protected"),
    further(programs.fake_gcs, "gcs", "fake-gcs-open"),
    further(pypi.chroma, "chroma", "chroma-open", "chroma-protected"),
    further(pypi.jupyter_open, "jupyter", "jupyter-open"),
    further(pypi.jupyter_protected, "jupyter", "jupyter-protected"),
    further(node.azurite, "azure_blob", "azurite-open"),
    further(node.pouchdb, "couchdb", "pouchdb-open"),
    further(rabbit.rabbitmq, "rabbitmq", "rabbitmq-protected"),
)
