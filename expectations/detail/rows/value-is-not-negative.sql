-- id: value-is-not-negative
-- severity: error
-- checkable: value is not null
-- statement: A value is not negative.
-- source: IMTS 2010, ch. IV

value >= 0
