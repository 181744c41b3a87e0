"""The layout: imports run one way, and modules say what they are for."""

import ast
import subprocess

import pytest

from tests.conftest import ROOT

LAYERS = ("warehouse", "expectations", "flows")
MODULES = [p for layer in LAYERS for p in (ROOT / layer).rglob("*.py") if p.name != "__init__.py"]
HEAVY = ("prefect", "great_expectations", "pandas")


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_module(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), "a module says what belongs in it"
    layer = LAYERS.index(path.relative_to(ROOT).parts[0])
    for name in imports(tree):
        top = name.split(".")[0]
        assert top not in LAYERS[layer + 1 :], f"{top} must not be imported by {path}"


@pytest.mark.parametrize("module", ["expectations.check", "flows.cli"])
def test_the_short_way_imports_nothing_heavy(module, python):
    code = f"import sys, {module}; print([m for m in {HEAVY!r} if m in sys.modules])"
    assert python("-c", code).stdout.strip() == "[]"


def test_no_registry_and_no_machine_is_named():
    listed = subprocess.run(
        ["git", "grep", "-nIE", r"pypi\.|pythonhosted|/home/[a-z]|/root/", "--", ".", ":!tests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.stdout == ""
