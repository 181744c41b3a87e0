-- id: flow-is-known
-- severity: error
-- statement: The flow is exports, imports or trade.
-- source: IMTS 2010, ch. II

flow in ('exports', 'imports', 'trade')
