"""What a user might take instead of Crossfoot for customs detail, doing the same job.

Each module runs in an interpreter that has its tool: python -m benchmarks.peers.<name> FOLDER OUT.
Belongs here: the job as that tool's users would write it, and its counts. They
keep no failing rows.
"""
