-- id: area-is-known
-- severity: error
-- checkable: area is not null
-- statement: The reporting area is a code of the lists of areas and partners.
-- source: IMTS 2010, ch. IV

known_area is not null
