"""Prefect as a service: servers and who may ask them, deployments, heartbeats, logs."""
