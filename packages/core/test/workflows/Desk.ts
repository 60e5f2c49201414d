/** A decided month of a bank written by hand, with people who change it afterwards. */
import * as Effect from "effect/Effect"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as Amend from "../../src/workflows/Amend.ts"
import * as Proposing from "../../src/workflows/Proposing.ts"
import * as Redecide from "../../src/workflows/Redecide.ts"
import { type Balances, makeHandBank } from "./HandBank.ts"
import { captured, monthEndMs } from "./months.ts"
import { makeWorld, month, type WorldOptions } from "./World.ts"

export const date = (text: string): BusinessDate.BusinessDate => BusinessDate.unchecked(text)

const asked = { reason: "the branch was flooded", by: "dana", nowMs: monthEndMs }

/** Every date is captured; nothing is decided yet. */
export const stage = async (balances: Balances, over: WorldOptions = {}) => {
  const hand = makeHandBank([{ id: "ann" }, { id: "ben" }], balances)
  const world = makeWorld({ balances: hand.balances, customers: hand.customers, ...over })
  await world.run(captured(world))
  /** `Qualified 1 held`: outcome, revision, message. */
  const said = async (customerId: string) => {
    const found = await world.run(world.store.customerMonth({ customerId, month }))
    const state = found.notification?.notification.state ?? "no message"
    return `${found.decision?.outcome} ${found.revision} ${state}`
  }
  const reasonsOf = async (customerId: string) => {
    const found = await world.run(world.store.customerMonth({ customerId, month }))
    return found.decision?.reasons.map(({ code }) => code)
  }
  const rowOf = async () => {
    const { months } = await world.run(world.store.ledger({ nowMs: monthEndMs }))
    return months.find((row) => row.month === month)
  }
  const correct = (accountId: string, on: string, amount: string, nowMs = monthEndMs) =>
    world.run(Amend.correct({ ...asked, accountId, businessDate: date(on), amount, nowMs }))
  const close = (on: string) =>
    world.run(Amend.declareClosure({ ...asked, businessDate: date(on) }))
  const waive = (customerId: string, first: string, ...more: ReadonlyArray<string>) =>
    world.run(Proposing.waive({ ...asked, customerId, dates: [date(first), ...more.map(date)] }))
  const grant = (customerId: string, nowMs = monthEndMs) =>
    world.run(Proposing.grant({ ...asked, customerId, month, nowMs }))
  const confirm = (proposalId: string, by = "noa", nowMs = monthEndMs) =>
    world.run(Proposing.confirm({ proposalId, by, nowMs }))
  /** Proposed and confirmed by two people; stops where the first is refused. */
  const agreed = async (proposed: Promise<Proposing.ProposeResult>, nowMs = monthEndMs) => {
    const result = await proposed
    if (result._tag !== "Proposed") throw new Error(JSON.stringify(result))
    return (await confirm(result.proposal.proposalId, "noa", nowMs))._tag
  }
  const redecided = () => world.run(Redecide.redecide(monthEndMs))
  const queued = () =>
    world.run(Effect.map(world.store.ledger({ nowMs: monthEndMs }), (view) => view.redecisions))
  return {
    agreed,
    close,
    confirm,
    correct,
    grant,
    hand,
    queued,
    reasonsOf,
    redecided,
    rowOf,
    said,
    waive,
    world
  }
}
