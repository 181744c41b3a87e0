-- purpose: The files that customs detail was loaded from
-- grain: one row a file and load
-- units: rows; read = accepted + blank + quarantined
-- column dataset: what was loaded
-- column vintage: number of the load
-- column format: title of the format that the file was read by
-- column file: name of the file
-- column sha256: SHA-256 checksum of the file
-- column read: rows read
-- column accepted: of these, accepted
-- column blank: of these, without a number: empty cells of wide tables
-- column quarantined: of these, set aside as unusable
-- column periods: the periods that its rows are of; NULL for a load of an earlier version

select dataset, vintage, format, file, sha256, read, accepted, blank, quarantined, periods
from listed_loads
