-- id: partner-is-known
-- severity: error
-- checkable: partner is not null
-- statement: The partner is a code of the list of partners.
-- source: IMTS 2010, ch. VI

known_partner is not null
