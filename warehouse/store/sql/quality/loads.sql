-- purpose: What became of every row of every record file
-- grain: one row a record file
-- units: rows; read = accepted + quarantined + rejected
-- column file: the record file
-- column sha256: SHA-256 checksum of the file
-- column read: rows read
-- column accepted: rows that became figures
-- column quarantined: rows set aside, see quality.quarantine
-- column rejected: rows that made the file be rejected; always 0 in what is published

select file, sha256, read, accepted, quarantined, rejected
from raw.loads
order by file
