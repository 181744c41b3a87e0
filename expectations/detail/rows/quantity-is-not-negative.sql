-- id: quantity-is-not-negative
-- severity: error
-- number: quantity
-- statement: A quantity is not negative.
-- source: IMTS 2010, ch. V

quantity >= 0
