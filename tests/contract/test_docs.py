"""The documents have valid links, are all in the index, and name only existing settings, endpoints and commands."""

import configparser
import re
from pathlib import Path

import pytest
import yaml
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from service.cli import app as cli
from service.settings import Settings
from tests.contract import errors_table
from tests.documents.document import PATHS, ROOT, Document

DOCUMENTS = [Document(path) for path in PATHS]

INDEX = ROOT / "docs" / "README.md"

OTHER_NAMES = {"LEDE_SETTINGS"}
"""Variables that are not settings."""

UNDOCUMENTED = {"/docs", "/openapi.json", "/assets/page.css"}
"""FastAPI's own paths, and the page's style sheet."""


def _target(document: Document, link: str) -> tuple[Path, str]:
    path, _, anchor = link.partition("#")
    return ((document.path.parent / path).resolve() if path else document.path), anchor


def _local(document: Document) -> list[str]:
    return sorted(link for link in document.links if "://" not in link and not link.startswith("mailto:"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_are_valid(document: Document):
    broken = []
    for link in _local(document):
        path, anchor = _target(document, link)
        if not path.exists() or (anchor and anchor not in Document(path).anchors):
            broken.append(link)
    assert broken == []


def test_the_index_has_every_document():
    listed = {_target(Document(INDEX), link)[0] for link in _local(Document(INDEX))}
    assert [document.name for document in DOCUMENTS if document.path not in listed | {INDEX}] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_settings_in_documents_exist(document: Document):
    known = {f"LEDE_{name.upper()}" for name in Settings.model_fields} | OTHER_NAMES
    assert set(re.findall(r"\bLEDE_[A-Z_]+\b", document.text)) - known == set()


def test_every_endpoint_is_documented(client: TestClient):
    app = client.app
    assert isinstance(app, FastAPI)
    text = Document(ROOT / "docs" / "api.md").text
    operations = {
        f"{method} {(route.path or '').replace(':path', '')}"
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
        if method not in {"HEAD", "OPTIONS"} and route.path not in UNDOCUMENTED
    }
    assert sorted(operation for operation in operations if f"`{operation}`" not in text) == []


def test_the_table_of_errors_is_current():
    assert errors_table.current() == errors_table.table()


def test_the_manifests_name_existing_settings_probes_and_commands(client: TestClient):
    known = {f"LEDE_{name.upper()}" for name in Settings.model_fields}
    for path in (ROOT / "deploy").iterdir():
        text = path.read_text("utf-8")
        assert set(re.findall(r"\bLEDE_[A-Z_]+\b", text)) <= known, path.name
        assert [probe for probe in re.findall(r"path: (/\w+)", text) if client.get(probe).status_code != 200] == []
        for command in re.findall(r"bin/lede (\w+)", text):
            assert CliRunner().invoke(cli, [command, "--help"]).exit_code == 0, path.name


@pytest.mark.parametrize("path", sorted((ROOT / "deploy").glob("*.yaml")), ids=lambda path: path.name)
def test_the_manifests_are_valid(path: Path):
    documents = list(yaml.safe_load_all(path.read_text("utf-8")))
    if "services" in documents[0]:
        services = documents[0]["services"]
        assert {name for service in services.values() for name in service.get("depends_on", ())} <= services.keys()
        return
    assert [d for d in documents if not (d["apiVersion"] and d["kind"] and d["metadata"]["name"])] == []
    pods = [d["spec"]["template"]["metadata"]["labels"] for d in documents if d["kind"] == "Deployment"]
    selectors = [d["spec"]["selector"] for d in documents if d["kind"] == "Service"]
    assert [labels for labels in selectors if labels not in pods] == []


def test_the_systemd_unit_is_valid():
    unit = configparser.RawConfigParser(strict=False)
    unit.read(ROOT / "deploy" / "lede.service", "utf-8")
    assert unit["Service"]["ExecStart"].endswith("/lede serve")
    assert unit["Service"]["User"] == "lede"
