/**
 * The one place where notifications change: loaded under their locks, taken through the rules' own
 * step in a plain loop, written back in bulk with what follows from it.
 *
 * Locks are always taken in the order of notification ids, notifications before attempts.
 */
export { load, loadCustomers, loadStandings, failureOf } from "./LoadNotifications.ts"
export { isOpenToDecision, view } from "./LoadedNotification.ts"
export type { AttemptSide, Batch, Loaded } from "./LoadedNotification.ts"
export { save, wakeReferences } from "./SaveNotifications.ts"
export { apply, change, contextOf } from "./StepNotification.ts"
export type { Shared } from "./StepNotification.ts"
