/**
 * Every notification the model meets, once, by number, with what the rules said about it: a rule is
 * asked once per notification, event and standing, however many states share them.
 *
 * "Now" is always the same instant. When time passes, the instants in a notification move back, and
 * those too old to change any rule's answer stay where they are.
 *
 * **Source** — delivery protocol 1.1, 1.2.
 */
import * as Attempt from "../../delivery/Attempt.ts"
import type { CarrierCapabilities } from "../../delivery/CarrierCapabilities.ts"
import type { DeliveryContext } from "../../delivery/DeliveryContext.ts"
import type { DeliveryEvent } from "../../delivery/DeliveryEvent.ts"
import * as Notification from "../../delivery/Notification.ts"
import * as RetryPolicy from "../../delivery/RetryPolicy.ts"
import { clockMs, farMs, gridMs, modelPolicy, nowMs } from "./ModelCarriers.ts"
import type { ModelRules } from "./Rules.ts"

const hour = 3_600_000
/** Older than the 72 h and their grace: no rule tells such instants apart. */
const oldestMs = nowMs - 100 * hour

/** What decides, besides the notification, how an event is answered. */
export interface Standing {
  readonly suppressed: boolean
  /** Steps since a restore whose quarantine is open; -1 without one. */
  readonly quarantine: number
  /** Steps since the question was asked whose answer is recorded now. */
  readonly askedAgo: number
}

export interface Notifications {
  readonly capabilities: CarrierCapabilities
  readonly intern: (notification: Notification.Notification) => number
  readonly at: (id: number) => Notification.Notification
  readonly step: (id: number, event: DeliveryEvent, code: number, standing: Standing) => number
  readonly later: (id: number, steps: number) => number
  /** Steps until some rule may answer otherwise; 0 when there is no such instant. */
  readonly next: (id: number) => number
  readonly isTimerDue: (id: number) => boolean
  /** Every kind of fact that was seen. */
  readonly facts: ReadonlySet<string>
}

export const contextOf = (
  capabilities: CarrierCapabilities,
  { askedAgo, suppressed, quarantine }: Standing
): DeliveryContext => ({
  // An answer is judged by the business time of its question; process time is the store's.
  nowMs: nowMs - askedAgo * gridMs,
  clockMs,
  policy: modelPolicy,
  capabilities,
  standing: { withdrawnReason: null, suppressedReason: suppressed ? "OPT_OUT" : null },
  quarantine: quarantine < 0 ? undefined : { sinceMs: nowMs - quarantine * gridMs }
})

const since = (ms: number | null, byMs: number, floorMs: number): number | null =>
  ms === null ? null : Math.max(floorMs, ms - byMs)

/** Nothing but the 6 h of a further attempt asks for the first mark of these. */
const isDead = (row: Attempt.Attempt): boolean => Attempt.hasFailed(row)

const laterRow = (row: Attempt.Attempt, byMs: number): Attempt.Attempt => ({
  ...row,
  dueMs: Math.max(nowMs, row.dueMs - byMs),
  firstMarkMs: since(row.firstMarkMs, byMs, isDead(row) ? nowMs - 7 * hour : oldestMs),
  validUntilMs: since(row.validUntilMs, byMs, nowMs - 2 * hour),
  negativeMs: since(row.negativeMs, byMs, nowMs - 2 * hour),
  unknownSinceMs: since(row.unknownSinceMs, byMs, clockMs - 2 * hour)
})

const laterNotification = (
  notification: Notification.Notification,
  byMs: number
): Notification.Notification => ({
  ...notification,
  expiryMs:
    notification.expiryMs === null || notification.expiryMs === farMs
      ? notification.expiryMs
      : Math.max(nowMs - hour, notification.expiryMs - byMs),
  attempts: notification.attempts.map((row) => laterRow(row, byMs))
})

const textOf = ({ attempts, expiryMs, reason, state }: Notification.Notification): string => {
  let text = `${state} ${reason} ${expiryMs}`
  for (const row of attempts) {
    const { ambiguous, dueMs, escalated, firstMarkMs, keyClosed, keyGeneration } = row
    const { negativeMs, replays, seen, unknownSinceMs, validUntilMs } = row
    text += `|${row.state} ${ambiguous} ${dueMs} ${firstMarkMs} ${validUntilMs} ${negativeMs} `
    text += `${unknownSinceMs} ${keyGeneration} ${replays} ${keyClosed} ${escalated} `
    text += `${seen.join(".")} ${row.failure?.code} ${row.parts}`
  }
  return text
}

/** Steps until the next instant at which a rule may answer otherwise. */
const nextOf = (
  notification: Notification.Notification,
  capabilities: CarrierCapabilities
): number => {
  let least = Number.POSITIVE_INFINITY
  const at = (instantMs: number | null): void => {
    if (instantMs !== null && instantMs > nowMs && instantMs < nowMs + 1000 * hour) {
      least = Math.min(least, instantMs - nowMs)
    }
  }
  at(Notification.nextTimerMs(notification, modelPolicy, capabilities))
  const lookupMs = capabilities.lookup === "none" ? 0 : capabilities.lookup.readAfterWriteMs
  const settleMs = RetryPolicy.settleMs(modelPolicy, capabilities)
  for (const row of notification.attempts) {
    if (row.state === "pending" || row.state === "unknown") at(row.dueMs)
    if (row.state === "accepted" && Attempt.outcome(row) === "open") at(row.validUntilMs)
    if (row.state !== "unknown") continue
    if (row.unknownSinceMs !== null) {
      const knownMs = row.unknownSinceMs - clockMs + nowMs + settleMs
      at(knownMs - lookupMs)
      at(knownMs)
    }
    if (row.validUntilMs !== null) {
      // The last moment at which a late request can still be accepted.
      at(row.validUntilMs - gridMs)
      at(row.validUntilMs + modelPolicy.skewMs)
      at(row.validUntilMs + modelPolicy.skewMs + lookupMs)
    }
    if (capabilities.idempotency !== "none" && row.firstMarkMs !== null) {
      at(row.firstMarkMs + capabilities.idempotency.windowMs)
    }
  }
  return Number.isFinite(least) ? Math.ceil(least / gridMs) : 0
}

/** Notifications for one carrier under some rules. */
export const notifications = (
  capabilities: CarrierCapabilities,
  rules: ModelRules
): Notifications => {
  const byText = new Map<string, number>()
  const all: Array<Notification.Notification> = []
  const stepped = new Map<number, number>()
  const passed = new Map<number, number>()
  const nexts: Array<number> = []
  const facts = new Set<string>()
  const intern = (notification: Notification.Notification): number => {
    const text = textOf(notification)
    const known = byText.get(text)
    if (known !== undefined) return known
    const id = all.push(notification) - 1
    byText.set(text, id)
    nexts.push(nextOf(notification, capabilities))
    return id
  }
  const at = (id: number): Notification.Notification => all[id] ?? Notification.held
  return {
    capabilities,
    facts,
    intern,
    at,
    step: (id, event, code, standing) => {
      const { askedAgo, quarantine, suppressed } = standing
      const about = (id * 128 + code) * 2 + (suppressed ? 1 : 0)
      const key = (about * 256 + quarantine + 1) * 32 + askedAgo
      const known = stepped.get(key)
      if (known !== undefined) return known
      const after = rules.step(at(id), event, contextOf(capabilities, standing))
      for (const fact of after.facts) facts.add(fact._tag)
      const next = after.notification === at(id) ? id : intern(after.notification)
      stepped.set(key, next)
      return next
    },
    later: (id, steps) => {
      const known = passed.get(id * 256 + steps)
      if (known !== undefined) return known
      const next = intern(laterNotification(at(id), steps * gridMs))
      passed.set(id * 256 + steps, next)
      return next
    },
    next: (id) => nexts[id] ?? 0,
    isTimerDue: (id) => {
      const timer = Notification.nextTimerMs(at(id), modelPolicy, capabilities)
      return timer !== null && timer <= nowMs
    }
  }
}
