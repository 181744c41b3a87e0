"""When the deployments of prefect.yaml run in the project in use: by its clock, on its days.

Belongs here: what the project says of time, put into Prefect's file. Does not belong here: which
deployments there are (prefect.yaml), and deploying them (serving.py).
"""

from __future__ import annotations

import yaml

from warehouse import project


def deployments() -> str:
    """The text of prefect.yaml with the schedules of the project in use."""
    stated = project.settings()
    written = yaml.safe_load(project.file("service", "prefect.yaml").read_text("utf-8"))
    schedules = written["definitions"]["schedules"]
    for schedule in schedules.values():
        if "cron" in schedule:
            schedule["timezone"] = stated.timezone
    on_release = schedules["release-days"]
    minute, hour, days, *rest = on_release["cron"].split()
    if stated.release_days:
        days = ",".join(stated.release_days)
    if stated.release_time:
        hour, minute = (str(int(part)) for part in stated.release_time.split(":"))
    on_release["cron"] = " ".join((minute, hour, days, *rest))
    return yaml.safe_dump(written, sort_keys=False)
