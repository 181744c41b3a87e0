-- id: value-is-there
-- severity: error
-- statement: A value is reported.
-- source: IMTS 2010, ch. IV

value is not null
