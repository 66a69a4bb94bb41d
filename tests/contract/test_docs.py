"""The documents are whole: their links lead somewhere, the index has them all, and they name what is there."""

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
from tests.documents.page import PAGES, ROOT, Page

DOCUMENTS = [Page(path) for path in PAGES]

INDEX = ROOT / "docs" / "README.md"

OTHER_NAMES = {"LEDE_SETTINGS"}
"""Variables that are no settings."""

UNDESCRIBED = {"/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json", "/assets/page.css"}
"""FastAPI's own pages, and a part of ours."""


def _target(page: Page, link: str) -> tuple[Path, str]:
    path, _, anchor = link.partition("#")
    return ((page.path.parent / path).resolve() if path else page.path), anchor


def _local(page: Page) -> list[str]:
    return sorted(link for link in page.links if "://" not in link and not link.startswith("mailto:"))


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Page):
    broken = []
    for link in _local(page):
        path, anchor = _target(page, link)
        if not path.exists() or (anchor and anchor not in Page(path).anchors):
            broken.append(link)
    assert broken == []


def test_the_index_has_every_document():
    listed = {_target(Page(INDEX), link)[0] for link in _local(Page(INDEX))}
    assert [page.name for page in DOCUMENTS if page.path not in listed | {INDEX}] == []


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_the_settings_that_are_named_exist(page: Page):
    known = {f"LEDE_{name.upper()}" for name in Settings.model_fields} | OTHER_NAMES
    assert set(re.findall(r"\bLEDE_[A-Z_]+\b", page.text)) - known == set()


def test_every_endpoint_is_described(client: TestClient):
    app = client.app
    assert isinstance(app, FastAPI)
    text = Page(ROOT / "docs" / "api.md").text
    operations = {
        f"{method} {(route.path or '').replace(':path', '')}"
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
        if method not in {"HEAD", "OPTIONS"} and route.path not in UNDESCRIBED
    }
    assert sorted(operation for operation in operations if f"`{operation}`" not in text) == []


def test_the_errors_are_those_of_the_code():
    assert errors_table.current() == errors_table.table()


def test_the_manifests_name_what_is_there(client: TestClient):
    known = {f"LEDE_{name.upper()}" for name in Settings.model_fields}
    for path in (ROOT / "deploy").iterdir():
        text = path.read_text("utf-8")
        assert set(re.findall(r"\bLEDE_[A-Z_]+\b", text)) <= known, path.name
        assert [probe for probe in re.findall(r"path: (/\w+)", text) if client.get(probe).status_code != 200] == []
        for command in re.findall(r"bin/lede (\w+)", text):
            assert CliRunner().invoke(cli, [command, "--help"]).exit_code == 0, path.name


@pytest.mark.parametrize("path", sorted((ROOT / "deploy").glob("*.yaml")), ids=lambda path: path.name)
def test_the_manifests_are_whole(path: Path):
    documents = list(yaml.safe_load_all(path.read_text("utf-8")))
    if "services" in documents[0]:
        services = documents[0]["services"]
        assert {name for service in services.values() for name in service.get("depends_on", ())} <= services.keys()
        return
    assert [d for d in documents if not (d["apiVersion"] and d["kind"] and d["metadata"]["name"])] == []
    pods = [d["spec"]["template"]["metadata"]["labels"] for d in documents if d["kind"] == "Deployment"]
    chosen = [d["spec"]["selector"] for d in documents if d["kind"] == "Service"]
    assert [labels for labels in chosen if labels not in pods] == []


def test_the_unit_is_whole():
    unit = configparser.RawConfigParser(strict=False)
    unit.read(ROOT / "deploy" / "lede.service", "utf-8")
    assert unit["Service"]["ExecStart"].endswith("/lede serve")
    assert unit["Service"]["User"] == "lede"
