-- id: weight-is-not-negative
-- severity: error
-- statement: A weight is not negative.
-- source: IMTS 2010, ch. V

weight >= 0
