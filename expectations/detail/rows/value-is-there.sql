-- id: value-is-there
-- severity: error
-- statement: A value is reported, of the period or of the year to date, or why none is.
-- source: IMTS 2010, ch. IV

value is not null or value_to_date is not null or status is not null
