"""What a user might take instead of Crossfoot for customs detail, doing the same job.

    python -m benchmarks.peers.<name> FOLDER OUT

A module runs in an interpreter that has what stands in <name>.txt. Belongs here: the job as that
tool's users would write it, its counts, and how many failing keys it kept of each check.
"""
