"""The layout: imports run one way and in no circle, files are short, names are found once."""

import ast
import subprocess
from collections import Counter
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.conftest import ROOT
from warehouse.project import LAYERS

PATHS = [path for layer in LAYERS for path in (ROOT / layer).rglob("*.py")]
MODULES = [path for path in PATHS if path.name != "__init__.py"]
MOST_LINES, LONGEST_FUNCTION = 450, 60
HEAVY = ("prefect", "great_expectations", "pandas")


def dotted(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {dotted(path) for path in PATHS}


def imports(tree):
    """The modules that a file names anywhere, deferred imports included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            within = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in NAMES else node.module for name in within)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_module(path):
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module says what belongs in it"
    layer = LAYERS.index(path.relative_to(ROOT).parts[0])
    for name in imports(tree):
        top = name.split(".")[0]
        assert top not in LAYERS[layer + 1 :], f"{top} must not be imported by {path}"
    if path != ROOT / "warehouse" / "project.py":
        assert "__file__" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not any(name.startswith("importlib.resources") for name in imports(tree))


@pytest.mark.parametrize("path", PATHS, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_nothing_is_long(path):
    text = path.read_text("utf-8")
    assert text.count("\n") <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, node.name


VAGUE = {"one", "said", "told", "wanted"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_names_say_what_they_are(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case (
                ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.FunctionDef(name=name)
            ):
                assert name.strip("_") not in VAGUE, f"line {node.lineno}"


class AtRunTime(ast.NodeTransformer):
    """Leaves out what is imported for type checkers alone."""

    def visit_If(self, node):
        return None if "TYPE_CHECKING" in ast.unparse(node.test) else node


def test_no_circle():
    needs = {}
    for path in PATHS:
        tree = AtRunTime().visit(ast.parse(path.read_text("utf-8")))
        needs[dotted(path)] = {name for name in imports(tree) if name in NAMES} - {dotted(path)}
    try:
        list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@pytest.mark.parametrize("layer", LAYERS)
def test_a_file_name_stands_once_in_a_package(layer):
    counted = Counter(path.name for path in MODULES if path.is_relative_to(ROOT / layer))
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("module", ["expectations.check", "flows.cli.app", "flows.cli.check"])
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
