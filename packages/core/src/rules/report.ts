/**
 * `@tidemark/core/rules/report`: the month's figures and the proofs that they add up, and the
 * back-test of a policy on months that are known, as namespaces.
 *
 * No Effect in code or types.
 */
export * as Backtest from "../report/Backtest.ts"
export * as BacktestBalances from "../report/BacktestBalances.ts"
export * as BacktestPopulation from "../report/BacktestPopulation.ts"
export * as Dispositions from "../report/Dispositions.ts"
export * as MonthFigures from "../report/MonthFigures.ts"
export * as MonthlyReport from "../report/MonthlyReport.ts"
export * as Rate from "../report/Rate.ts"
export * as Recommendations from "../report/Recommendations.ts"
export * as ServiceLevels from "../report/ServiceLevels.ts"
