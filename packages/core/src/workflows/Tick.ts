/**
 * Does what is due and says when to call again. Any scheduler may call it, as often as it likes:
 * work is found by looking at what is missing, so a lost wake-up loses nothing, and two runners may
 * tick at once.
 *
 * **Source** — architecture, Level-triggered.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { withDeclaredClosures } from "./DeclaredClosures.ts"
import type { BusinessTime } from "./DeliveryTime.ts"
import { allRoles, makeSight, type Role, roleOf, subjectOf } from "./TickPlan.ts"
import { type AddDone, performDue, stagesOf } from "./TickStages.ts"
import { wakeOf } from "./TickWake.ts"

export { allRoles, planNow, Surveys } from "./TickPlan.ts"
export type { Role } from "./TickPlan.ts"

/** A piece of work done, in the words of the stages, with a count where one makes sense. */
export interface Done {
  readonly work: string
  readonly subject: string
  readonly count: number
}

export interface TickResult {
  readonly done: ReadonlyArray<Done>
  /** Work that should have happened long ago: what an operator looks at first. */
  readonly late: ReadonlyArray<{ readonly work: string; readonly subject: string }>
  /** Business time; call again then, or earlier. Always after the tick's own time. */
  readonly nextWakeAtMs: number
  /**
   * Something waits for process time (a settle delay, a throttle, another worker's lease): call
   * again within a few seconds, whatever business time does.
   */
  readonly recheck: boolean
  /** The budget ended before the work did: call again at once. */
  readonly more: boolean
}

export interface TickInput {
  /** Business time; the process clock when absent. */
  readonly nowMs?: number
  /** Process time after which no new piece of work is begun. */
  readonly budgetMs?: number
  readonly roles?: ReadonlyArray<Role>
}

/**
 * Does what is due, each piece once, and what one stage makes due for the next as well.
 *
 * **Guarantee** — a bank or a carrier that does not answer stops its own stage only; a store that
 * fails stops the tick, and the next one finds the same work due.
 *
 * **Source** — architecture, Level-triggered and Two times.
 */
export const tick = Effect.fn("Tick.tick")(function* (input: TickInput) {
  const startedMs = yield* Clock.currentTimeMillis
  const nowMs = input.nowMs ?? startedMs
  const time: BusinessTime =
    input.nowMs === undefined ? Clock.currentTimeMillis : Effect.succeed(input.nowMs)
  const roles = new Set(input.roles ?? allRoles)
  const done: Array<Done> = []
  const add: AddDone = (work, subject, count) => {
    if (count > 0) done.push({ work, subject, count })
  }
  const budgetMs = input.budgetMs ?? Number.POSITIVE_INFINITY
  const over =
    budgetMs === Number.POSITIVE_INFINITY
      ? Effect.succeed(false)
      : Effect.map(Clock.currentTimeMillis, (now) => now - startedMs >= budgetMs)
  const sight = makeSight(nowMs)
  let more = yield* performDue(sight, roles, over, add)
  for (const stage of stagesOf(time, sight, add)) {
    if (more) break
    if (!roles.has(stage.role)) continue
    if (yield* over) more = true
    else if (stage.waits(yield* sight.ledger, yield* time)) {
      const { changed, count } = yield* stage.run()
      add(stage.work, "", count)
      if (changed) sight.forget()
    }
  }
  const ledger = yield* sight.ledger
  const after = yield* sight.plan
  const left = after.due.some((work) => roles.has(roleOf(work)))
  const untold = roles.has("report") && ledger.unpublished + ledger.unnotifiedEscalations > 0
  const wake = yield* wakeOf(after.nextWakeMs, ledger, nowMs)
  const result: TickResult = {
    done,
    late: after.late.map((work) => ({ work: work._tag, subject: subjectOf(work) })),
    nextWakeAtMs: wake.nextWakeAtMs,
    recheck: wake.recheck || left || untold,
    more
  }
  return result
}, withDeclaredClosures)
