/**
 * The calendar as it is known now: the policy's own, and over it the closures people declared. They
 * are read once for a piece of work, so that all of it sees one calendar.
 *
 * **Source** — product rules, Days (overrides as data; closures declared afterwards).
 */
import * as Effect from "effect/Effect"
import type { CalendarOverride } from "../calendar/BankDay.ts"
import * as BankCalendar from "../calendar/BankCalendar.ts"
import type { PinnedPolicy } from "../policy/ProgramPolicy.ts"
import { ProgramStore } from "../ports/ProgramStore.ts"
import type { DeclaredClosure } from "../ports/store/Amendments.ts"
import { Program } from "./Program.ts"

type ProgramService = (typeof Program)["Service"]

/** Programs that have the closures already: work within work reads them no second time. */
const declared = new WeakSet<ProgramService>()

/** Calendars keep what they have worked out, so one is made per policy and list of closures. */
const calendars = new WeakMap<
  PinnedPolicy,
  { readonly key: string; readonly pinned: PinnedPolicy }
>()

const pinnedWith = (
  pinned: PinnedPolicy,
  key: string,
  overrides: ReadonlyArray<CalendarOverride>
): PinnedPolicy => {
  const known = calendars.get(pinned)
  if (known?.key === key) return known.pinned
  const calendar = BankCalendar.withOverrides(pinned.calendar, overrides)
  const made = { ...pinned, calendar }
  calendars.set(pinned, { key, pinned: made })
  return made
}

/** Each program with the closures it was last given, which hardly ever change. */
const programs = new WeakMap<
  ProgramService,
  { readonly key: string; readonly made: ProgramService }
>()

/** A program whose calendars know these closures. */
const withClosures = (
  program: ProgramService,
  closures: ReadonlyArray<DeclaredClosure>
): ProgramService => {
  const overrides = closures.map(({ businessDate, reason }): CalendarOverride => ({
    date: businessDate,
    kind: "closed",
    reason
  }))
  const key = overrides.length === 0 ? "" : JSON.stringify(overrides)
  const known = programs.get(program)
  if (known?.key === key) return known.made
  const policyFor: ProgramService["policyFor"] = (month) =>
    overrides.length === 0
      ? program.policyFor(month)
      : pinnedWith(program.policyFor(month), key, overrides)
  const made = { ...program, policyFor }
  declared.add(made)
  programs.set(program, { key, made })
  return made
}

/** Does a piece of work with the calendar as people have declared it. */
export const withDeclaredClosures = Effect.fnUntraced(function* <A, E, R>(
  work: Effect.Effect<A, E, R>
) {
  const program = yield* Program
  if (declared.has(program)) return yield* work
  const store = yield* ProgramStore
  const closures = yield* store.closures({ from: null })
  return yield* Effect.provideService(work, Program, withClosures(program, closures))
})
