"""How Python itself is set, for processes that load hundreds of thousands of objects and end soon.

Belongs here: that. Does not belong here: what a process does, and settings that a person makes.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any

# By default a pass after every 700 objects: Prefect and Great Expectations make a million while
# they load, none of which is garbage, and searching them takes a fifth of that time. Memory is the
# same: what is garbage is in no cycle, as a rule.
_RARELY = (1_000_000, 20, 50)


# They change what libraries do: Great Expectations reads docstrings that the one takes away, and
# the other makes an error of each word to developers.
_FORBIDDEN = ("PYTHONOPTIMIZE", "PYTHONWARNINGS")


def start_over_if_changed() -> None:
    """Run this program anew, without what the environment changes of Python that may not be."""
    if any(os.environ.get(name) for name in _FORBIDDEN):
        for name in _FORBIDDEN:
            os.environ.pop(name, None)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def collect_rarely() -> None:
    """Look for cycles of garbage less often; what is in no cycle goes at once all the same."""
    gc.set_threshold(*_RARELY)


def end_quietly() -> None:
    """Have nothing said on stderr, nor searched for cycles, once the work of this process is done.

    For a process that is Crossfoot's own, and before it loads anything else that says something in
    the end: what is registered first is run last.
    """
    atexit.register(_hush)


def _hush() -> None:
    # Prefect and Great Expectations keep DuckDB's types alive until the interpreter is gone, which
    # DuckDB's bindings then report in forty lines on stderr as if something were wrong.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    # Nor is there any point in searching all they have loaded for cycles, which takes a second.
    gc.freeze()


def load_when_used(*names: str) -> None:
    """Let these modules be imported now and loaded when anything of them is wanted, if ever.

    For what a library imports and its work here never touches. Python's own LazyLoader loads as
    soon as anyone lists modules, as `inspect` does.
    """
    for name in names:
        if name not in sys.modules and (spec := find_spec(name)):
            module = _Deferred(name)
            module.__spec__, module.__file__ = spec, spec.origin
            if spec.submodule_search_locations is not None:
                module.__path__ = spec.submodule_search_locations
            sys.modules[name] = module


class _Deferred(ModuleType):
    """Stands for a module until it is loaded, and then hands on what it has."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what is asked of every module
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)
