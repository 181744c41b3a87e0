-- id: unit-is-known
-- severity: error
-- checkable: unit is not null
-- statement: The value is in a currency of the list of units.
-- source: ISO 4217

known_unit is not null
