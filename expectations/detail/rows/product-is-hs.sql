-- id: product-is-hs
-- severity: error
-- statement: The product is a code of 2 to 10 digits of the Harmonized System, or total.
-- source: Harmonized System 2022: 2, 4 and 6 digits, refined nationally

product = 'total' or is_hs
