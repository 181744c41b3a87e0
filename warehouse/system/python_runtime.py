"""How Python itself is set, for processes that load hundreds of thousands of objects and end soon.

Belongs here: garbage collection, imports, and the start and end of the interpreter. Does not belong
here: what a process does, and settings that a person makes.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import resource
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any

# By default Python searches for garbage after every 700 objects. Prefect and Great Expectations
# make a million while they load, none of them garbage, and searching takes a fifth of that time. It
# saves no memory: as a rule garbage is in no cycle, and is freed at once.
_RARELY = (1_000_000, 20, 50)
_MOST_HEAPS = -8  # M_ARENA_MAX of malloc.h


# Variables that change how libraries behave: the first removes docstrings that Great Expectations
# reads, the second can turn every warning to developers into an error.
_FORBIDDEN = ("PYTHONOPTIMIZE", "PYTHONWARNINGS")


def start_over_if_changed() -> None:
    """Start this program again without the environment variables that would break libraries."""
    if any(os.environ.get(name) for name in _FORBIDDEN):
        for name in _FORBIDDEN:
            os.environ.pop(name, None)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def collect_rarely() -> None:
    """Search for cyclic garbage less often; all other garbage is freed at once as ever."""
    gc.set_threshold(*_RARELY)


def end_quietly() -> None:
    """Silence stderr, and skip the last search for garbage, once the work of this process is done.

    Only for processes of Crossfoot's own. To be called before anything else is loaded that may
    report something at exit: exit handlers run last that were registered first.
    """
    atexit.register(_hush)


def spare_addresses() -> None:
    """Let threads share their heaps where someone limited the address space of this process.

    By default the C library reserves 64 MB of it for every thread that finds the others' heaps
    busy, so that it would depend on chance whether a limit suffices.
    """
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return
    import ctypes  # takes a while to load

    if setting := getattr(ctypes.CDLL(None), "mallopt", None):  # not every C library has it
        setting(_MOST_HEAPS, 1)


def _hush() -> None:
    # Prefect and Great Expectations keep DuckDB's types alive until the interpreter ends, and then
    # DuckDB's bindings report that in forty lines on stderr as if something were wrong.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    # To search all they have loaded for garbage would take a second, for nothing.
    gc.freeze()


def load_when_used(*names: str) -> None:
    """Let these modules be imported, but load each only when something in it is first used.

    For modules that a library imports and that its work here never needs. Python's own LazyLoader
    would load them as soon as anyone lists modules, as `inspect` does.
    """
    for name in names:
        if name not in sys.modules and (spec := find_spec(name)):
            module = _Deferred(name)
            module.__spec__, module.__file__ = spec, spec.origin
            if spec.submodule_search_locations is not None:
                module.__path__ = spec.submodule_search_locations
            sys.modules[name] = module


class _Deferred(ModuleType):
    """Stands in for a module until it is loaded, and then passes on its attributes."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # looked up on every module
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)
