/**
 * The rules a run of the level 1 simulator is made of: the production functions themselves. A
 * broken program is these with one replaced; nothing in the rule rooms knows of it.
 *
 * **Source** — simulation, level 1; delivery protocol 2.6 (Ablations).
 */
import * as BalanceCheck from "../../balance/BalanceCheck.ts"
import * as MonthDays from "../../balance/MonthDays.ts"
import * as SendWindow from "../../delivery/SendWindow.ts"
import * as MonthState from "../../qualification/MonthState.ts"
import * as Qualification from "../../qualification/Qualification.ts"
import { type ModelRules, rules } from "../model/Rules.ts"

/** What the model checker explores, without the restore; and the rules before delivery. */
export interface SimulatedRules extends Omit<ModelRules, "quarantine" | "isReconciled"> {
  readonly meets: typeof BalanceCheck.meets
  readonly checkPage: typeof BalanceCheck.checkPage
  readonly carryForward: typeof MonthDays.carryForward
  readonly monthState: typeof MonthState.decide
  readonly decide: typeof Qualification.decide
  readonly windowAt: typeof SendWindow.stateAt
}

/** The rules as they are. */
export const simulatedRules: SimulatedRules = {
  ...rules,
  meets: BalanceCheck.meets,
  checkPage: BalanceCheck.checkPage,
  carryForward: MonthDays.carryForward,
  monthState: MonthState.decide,
  decide: Qualification.decide,
  windowAt: SendWindow.stateAt
}
