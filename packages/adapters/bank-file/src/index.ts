/**
 * `@tidemark/bank-file`: closing balances from CSV and NDJSON files, gzip included.
 */
export * as BalanceRows from "./BalanceRows.ts"
export { classifyError } from "./classifyError.ts"
export * as ClosingBalances from "./ClosingBalances.ts"
export * as Config from "./Config.ts"
export * as CustomersFile from "./CustomersFile.ts"
export * as FeedFile from "./FeedFile.ts"
export { FeedFileError, type FeedFileCode, type RowCode, type RowProblem } from "./FeedFileError.ts"
export * as StatementReader from "./StatementReader.ts"
