-- id: area-is-known
-- severity: error
-- statement: The reporting area is a code of the lists of areas and partners.
-- source: IMTS 2010, ch. IV

case when area is not null then known_area is not null end
