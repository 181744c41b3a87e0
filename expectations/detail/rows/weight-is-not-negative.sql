-- id: weight-is-not-negative
-- severity: error
-- number: weight
-- checkable: weight is not null
-- statement: A weight is not negative.
-- source: IMTS 2010, ch. V

weight >= 0
