"""Customs detail: rows of area, partner, product, flow, regime and period, by the ten million.

Belongs here: formats as data, loading files into immutable Parquet partitions, where these lie,
and the engines that run SQL over them. Does not belong here: what must hold of them (rules).
"""
