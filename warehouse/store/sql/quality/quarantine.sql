-- purpose: Rows that are well formed but do not count as figures, and why
-- grain: one row a quarantined record
-- units: none
-- column file: the record file
-- column line: the line of the record
-- column figure_id: the id it would have
-- column reason: why it is set aside
-- column fields: the record as read, as JSON

select file, line, figure_id, reason, fields
from raw.records
where status = 'quarantined'
order by file, line
