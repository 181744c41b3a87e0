-- id: partner-is-known
-- severity: error
-- statement: The partner is a code of the list of partners.
-- source: IMTS 2010, ch. VI

case when partner is not null then known_partner is not null end
