-- purpose: The customs detail that the release was made from
-- grain: one row a dataset and period
-- units: rows
-- column dataset: what was loaded
-- column period: the period
-- column vintage: number of the load that it comes from
-- column rows: rows accepted
-- column path: where its Parquet files lie, below the home
-- column sha256: checksum of these files; NULL for a load of an earlier version

select dataset, period, vintage, rows, path, sha256
from listed_partitions
