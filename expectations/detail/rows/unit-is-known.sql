-- id: unit-is-known
-- severity: error
-- statement: The value is in a currency of the list of units.
-- source: ISO 4217

case when unit is not null then known_unit is not null end
