-- id: flow-is-known
-- severity: error
-- checkable: flow is not null
-- statement: The flow is exports, imports or trade.
-- source: IMTS 2010, ch. II

flow in ('exports', 'imports', 'trade')
