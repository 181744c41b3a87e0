-- id: key-is-complete
-- severity: error
-- statement: Area, flow, partner, product, regime and unit are all there.
-- source: SDMX: every dimension of a series key has a value

area is not null and flow is not null and partner is not null and product is not null
and regime is not null and unit is not null
