-- purpose: Lines of customs detail that could not be used, and why
-- grain: one row a line
-- units: none
-- column dataset: what was loaded
-- column vintage: number of the load
-- column file: name of the file
-- column line: line in the file
-- column field: the column; row where the line as a whole is meant
-- column value: what stands there
-- column reason: what is wrong with it

select dataset, vintage, file, line, field, value, reason
from quarantined_lines
order by all
