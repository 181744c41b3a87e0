-- id: product-is-hs
-- severity: error
-- checkable: product is not null
-- statement: The product has the form of a code of the Harmonized System, of 2, 4, 6 or 8 to 12
--   places, or is total.
-- source: Harmonized System 2022: 2, 4 and 6 digits, refined nationally; letters end codes of which
--   part is confidential

product = 'total' or is_hs
