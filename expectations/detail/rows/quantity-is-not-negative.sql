-- id: quantity-is-not-negative
-- severity: error
-- number: quantity
-- checkable: quantity is not null
-- statement: A quantity is not negative.
-- source: IMTS 2010, ch. V

quantity >= 0
