"""How Python is set: what is loaded only when it is used."""

import pytest

DEFERRED = """
import sys
from warehouse.system.python_runtime import load_when_used
load_when_used("colorsys", "none")
deferred = sys.modules["colorsys"]
"""


RUN = """
import os, sys
os.environ["PREFECT_API_URL"] = sys.argv[1]
from prefect import flow, get_client, runtime
from flows.service.temporary_server import run_flow

@flow(persist_result=False)
def asked(periods: list[str]):
    return str(runtime.flow_run.id)

run = run_flow(None, asked, ["2024-01"]).result()
with get_client(sync_client=True) as client:
    print(client.read_flow_run(run).parameters, "fastapi.applications" in sys.modules)
import fastapi
print(fastapi.FastAPI.__name__, fastapi.encoders.jsonable_encoder([1]))
"""


@pytest.mark.slow
def test_a_run_tells_its_parameters_without_the_rest_of_fastapi(python, on_server):
    told = python("-c", RUN, on_server["PREFECT_API_URL"]).stdout
    assert told == "{'periods': ['2024-01']} False\nFastAPI [1]\n"


@pytest.mark.slow
def test_what_the_suites_never_use_is_loaded_whole_once_it_is_used(python):
    told = python(
        "-c",
        "import sys, expectations.gx.duckdb_engine, altair as early\n"
        "from scipy import stats\n"
        "print([m for m in ('altair.vegalite', 'scipy.stats._stats_py') if m in sys.modules])\n"
        "print(stats.norm.cdf(0), early.Chart.__name__)\n"
        "import altair\n"
        "print(altair.Chart is early.Chart)",
    )
    assert told.stdout == "[]\n0.5 Chart\nTrue\n"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("hasattr(deferred, '__path__'), 'rgb_to_hsv' in vars(deferred)", "False False"),
        ("deferred.rgb_to_hsv(0, 0, 1)[2], sys.modules['colorsys'] is deferred", "1 False"),
        ("'none' in sys.modules", "False"),
        ("getattr(deferred, 'nothing', 7)", "7"),
        ("load_when_used('sys'), sys.version_info > (3,)", "None True"),
    ],
)
def test_a_deferred_module(python, asked, told):
    assert python("-c", f"{DEFERRED}print({asked})").stdout == f"{told}\n"


@pytest.mark.parametrize(("before", "heard"), [("end_quietly()", ""), ("", "late\n")])
def test_what_is_said_at_the_very_end_is_not_heard(before, heard, python):
    code = (
        "import atexit, sys\n"
        "from warehouse.system.python_runtime import end_quietly\n"
        "atexit.register(print, 'late', file=sys.stderr)\n"
    )
    assert python("-c", code + before).stderr == heard
