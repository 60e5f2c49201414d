/**
 * A copy of everything a store knows at an instant, to be put back later: what a dump is to a
 * database. What is never changed in place is shared with the store it was taken from.
 *
 * **Source** — delivery protocol 1.4; fault D3.
 */
import type { MinHeap } from "./MinHeap.ts"
import type { MonthLedger, MonthState, NotificationState, RunRow, State } from "./State.ts"

const rows = <Row extends object>(map: ReadonlyMap<string, Row>): Map<string, Row> =>
  new Map(Array.from(map, ([key, row]) => [key, { ...row }]))

const lists = <Key, Item>(map: ReadonlyMap<Key, Iterable<Item>>): Map<Key, Array<Item>> =>
  new Map(Array.from(map, ([key, items]) => [key, Array.from(items)]))

const run = (row: RunRow): RunRow => ({ ...row, issues: Array.from(row.issues) })

const heap = ({ ids, instants }: MinHeap): MinHeap => ({
  instants: Array.from(instants),
  ids: Array.from(ids)
})

const ledger = ({ accounts, changes, inForce }: MonthLedger): MonthLedger => ({
  accounts: new Map(
    Array.from(accounts, ([account, days]) => [account, days.map((day) => day && { ...day })])
  ),
  inForce: Array.from(inForce),
  changes
})

const month = (row: MonthState): MonthState => ({
  ...row,
  approvedBy: Array.from(row.approvedBy),
  decisions: rows(row.decisions),
  customersOf: lists(row.customersOf),
  waived: new Map(row.waived),
  held: new Set(row.held),
  notificationIds: Array.from(row.notificationIds)
})

const notification = (row: NotificationState): NotificationState => ({
  ...row,
  sides: row.sides.map((side) => ({ ...side }))
})

/** The state as it is now, independent of whatever happens to it later. */
export const copy = (state: State): State => {
  const runs = new Map(Array.from(state.runs, ([id, row]) => [id, run(row)]))
  const sameRuns = <Key>(map: ReadonlyMap<Key, RunRow>): Map<Key, RunRow> =>
    new Map(Array.from(map, ([key, row]) => [key, runs.get(row.runId) ?? row]))
  return {
    ...state,
    runs,
    latestRuns: sameRuns(state.latestRuns),
    captures: sameRuns(state.captures),
    capturedDates: Array.from(state.capturedDates),
    ledgers: new Map(Array.from(state.ledgers, ([name, row]) => [name, ledger(row)])),
    issues: Array.from(state.issues),
    issueKeys: new Set(state.issueKeys),
    months: new Map(Array.from(state.months, ([name, row]) => [name, month(row)])),
    redecisions: new Map(state.redecisions),
    proposals: new Map(state.proposals),
    policies: new Map(state.policies),
    closures: new Map(state.closures),
    notifications: new Map(Array.from(state.notifications, ([id, row]) => [id, notification(row)])),
    notificationsOf: lists(state.notificationsOf),
    due: heap(state.due),
    timers: heap(state.timers),
    polls: heap(state.polls),
    leased: new Set(state.leased),
    unresolved: new Set(state.unresolved),
    byReference: new Map(state.byReference),
    byCarrierId: lists(state.byCarrierId),
    inbox: rows(state.inbox),
    inboxByName: lists(state.inboxByName),
    unfolded: new Set(state.unfolded),
    orphans: new Map(Array.from(state.orphans, ([name, keys]) => [name, new Set(keys)])),
    suppressions: new Map(state.suppressions),
    claims: Array.from(state.claims),
    escalations: new Map(state.escalations),
    openEscalations: new Map(state.openEscalations),
    unnotified: new Set(state.unnotified),
    outbox: new Map(state.outbox),
    reports: Array.from(state.reports),
    audit: Array.from(state.audit)
  }
}
