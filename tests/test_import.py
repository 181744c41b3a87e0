"""Importing our packages changes nothing in the process that does: it may be anyone's."""

from tests.test_layout import NAMES

# What these change when they are imported is theirs.
LIBRARIES = (
    *("multiprocessing.connection", "duckdb", "great_expectations", "highspy", "jinja2", "numpy"),
    *("openpyxl", "pandas", "pydantic_settings", "rich.progress", "typer", "urllib3", "yaml"),
)

CHANGES = """
import atexit, decimal, gc, importlib, locale, logging, os, resource, signal, sys, threading
import warnings

LIMITS = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]

def state():
    os.umask(umask := os.umask(0o077))
    signal.set_wakeup_fd(wakeup := signal.set_wakeup_fd(-1))
    root, standard = logging.getLogger(), (sys.stdin, sys.stdout, sys.stderr)
    return {
        "the environment": dict(os.environ),
        "standard streams": [(id(s), s.encoding, s.errors, os.fstat(s.fileno())) for s in standard],
        "garbage collection": (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()),
        "signals": (wakeup, [signal.getsignal(number) for number in signal.valid_signals()]),
        "what is called at exit": atexit._ncallbacks(),
        "hooks": (sys.excepthook, sys.unraisablehook, threading.excepthook),
        "warnings": list(warnings.filters),
        "logging": (root.level, list(root.handlers), list(root.filters), logging.raiseExceptions),
        "limits": [resource.getrlimit(number) for number in LIMITS],
        "decimals": repr(decimal.getcontext()),
        "the locale": locale.setlocale(locale.LC_ALL),
        "files and folders": (os.getcwd(), umask, list(sys.path)),
        "threads": threading.active_count(),
    }

# It changes much, at any time: the modules of flows that import it are left out.
sys.modules["prefect"] = None
libraries, names = (argument.split() for argument in sys.argv[1:])
for library in libraries:
    importlib.import_module(library)
before = state()
for name in names:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if not name.startswith("flows.") or error.name.partition(".")[0] != "prefect":
            raise
    after = state()
    for what in [what for what in before if after[what] != before[what]]:
        print(f"{name} changes {what}: {before[what]} -> {after[what]}")
    before = after
"""


def changes(python, *names):
    return python("-c", CHANGES, " ".join(LIBRARIES), " ".join(names)).stdout


def test_importing_changes_nothing(python):
    assert changes(python, *sorted(NAMES)) == ""


def test_a_change_is_seen(python):
    """The control: a module of Python's own that wants to be called at exit."""
    assert changes(python, "rlcompleter").startswith("rlcompleter changes what is called at exit")
