-- id: flow-is-known
-- severity: error
-- checkable: flow is not null
-- statement: The flow is a code of the list of flows but a balance, or domestic-exports,
--   re-exports or re-imports.
-- source: IMTS 2010, ch. II

known_flow is not null
