/** docs/reference/attempts.md: the tables of delivery are its rows, and nothing else happens. */
import { assert, describe, it } from "vitest"
import type { Attempt, AttemptState } from "../../src/delivery/Attempt.ts"
import * as Delivery from "../../src/delivery/Delivery.ts"
import type { FailureDisposition } from "../../src/delivery/Failure.ts"
import type { NotificationState } from "../../src/delivery/Notification.ts"
import {
  carrier,
  clock0,
  context,
  E,
  failure,
  hour,
  lag,
  marked,
  notification,
  policy,
  row as attemptRow,
  settle,
  t0
} from "../delivery/carriers.ts"
import { type Row, tables } from "./Page.ts"

/** What a row of the page is tested with. */
interface Scene {
  readonly attempts: ReadonlyArray<Attempt>
  readonly state: NotificationState
  readonly in: Partial<Delivery.DeliveryContext>
  readonly stored: boolean
  readonly disposition: FailureDisposition
  readonly people: readonly [string, string]
}

const V = t0 + policy.validityMs
const last = (scene: Scene, change: Partial<Attempt>): Scene => ({
  ...scene,
  attempts: scene.attempts.map((attempt, index) =>
    index === scene.attempts.length - 1 ? { ...attempt, ...change } : attempt
  )
})
const within = (scene: Scene, over: Partial<Delivery.DeliveryContext>): Scene => ({
  ...scene,
  in: { ...scene.in, ...over }
})
const standing = (scene: Scene, over: Partial<Delivery.Standing>): Scene =>
  within(scene, {
    standing: { withdrawnReason: null, suppressedReason: null, ...scene.in.standing, ...over }
  })

/** The words of the column `where`. */
const conditions: Readonly<Record<string, (scene: Scene) => Scene>> = {
  "not due": (scene) => last(scene, { dueMs: t0 + 1 }),
  "not settled": (scene) => within(scene, { clockMs: clock0 }),
  "key closed": (scene) => last(scene, { keyClosed: true }),
  "V passed": (scene) => within(scene, { nowMs: V + policy.skewMs + lag }),
  "past E": (scene) => within(scene, { nowMs: E - policy.requestDeadlineMs + 1 }),
  "72 h over": (scene) => within(scene, { nowMs: t0 + 72 * hour }),
  "96 h over": (scene) => within(scene, { nowMs: t0 + 96 * hour }),
  "carrier K": (scene) =>
    last(within(scene, { capabilities: carrier("K") }), { validUntilMs: null }),
  "carrier L": (scene) =>
    last(within(scene, { capabilities: carrier("L") }), { validUntilMs: null }),
  "carrier N": (scene) =>
    last(within(scene, { capabilities: carrier("N") }), { validUntilMs: null }),
  "delivered before": (scene) => ({
    ...scene,
    attempts: scene.attempts.map((attempt, index) =>
      index === 0 ? { ...attempt, seen: [0, 64] } : attempt
    )
  }),
  quarantine: (scene) => within(scene, { quarantine: { sinceMs: t0 - hour } }),
  withdrawn: (scene) => standing(scene, { withdrawnReason: "CORRECTED" }),
  suppressed: (scene) => standing(scene, { suppressedReason: "OPT_OUT" }),
  ended: (scene) => ({ ...scene, state: "delivered" }),
  escalated: (scene) => ({ ...scene, state: "escalated" }),
  stored: (scene) => ({ ...scene, stored: true }),
  permanent: (scene) => ({ ...scene, disposition: "permanent" }),
  fix: (scene) => ({ ...scene, disposition: "fix" }),
  unproven: (scene) => ({ ...scene, disposition: "unknown" }),
  "one person": (scene) => ({ ...scene, people: ["dana", " Dana"] })
}

const receipt = (state: "enroute" | "delivered" | "failed", n: number, scene: Scene) => {
  const why = state === "failed" ? failure({ disposition: scene.disposition }) : null
  return { _tag: "ReceiptSeen", n, receipt: { state, part: 1, parts: 1, failure: why } } as const
}

/** The words of the column `event`, about attempt `n`. */
const attemptEvents: Readonly<Record<string, (n: number, scene: Scene) => Delivery.DeliveryEvent>> =
  {
    claim: (n) => ({ _tag: "Claimed", n }),
    mark: (n) => ({ _tag: "Marked", n, validUntilMs: V, parts: 1 }),
    "mark refused": (n) => ({ _tag: "MarkRefused", n }),
    "lease over": (n) => ({ _tag: "LeaseOver", n }),
    accepted: (n) => ({ _tag: "AcceptanceSeen", n, carrierMessageId: "c-1", via: "answer" }),
    refused: (n, { disposition, stored }) => {
      return { _tag: "RefusalSeen", n, failure: failure({ disposition }), stored }
    },
    "not sent": (n, { stored }) => {
      return { _tag: "ProvenNotSent", n, code: "429", notBeforeMs: null, stored }
    },
    "no answer": (n) => ({ _tag: "OutcomeUnknown", n }),
    "key lost": (n) => ({ _tag: "KeyLost", n }),
    "not found": (n) => ({ _tag: "NotFound", n }),
    "no look-up": (n) => ({ _tag: "NoLookup", n }),
    enroute: (n, scene) => receipt("enroute", n, scene),
    delivered: (n, scene) => receipt("delivered", n, scene),
    failed: (n, scene) => receipt("failed", n, scene),
    time: () => ({ _tag: "TimePassed" })
  }

const commands: Readonly<Record<string, (scene: Scene) => Delivery.DeliveryEvent>> = {
  release: () => ({ _tag: "Released", expiryMs: E }),
  withdrawal: () => ({ _tag: "Withdrawn", reason: "CORRECTED" }),
  suppression: () => ({ _tag: "Suppressed", reason: "OPT_OUT" }),
  "qualified again": () => ({ _tag: "QualifiedAgain" }),
  close: ({ people }) => ({ _tag: "Resolved", action: "close", by: people }),
  "next attempt": ({ people }) => ({ _tag: "Resolved", action: "resend", by: people })
}

/** Where an attempt is in its life when it is in a state; `amb`: unknown before. */
const attemptsBy: Readonly<Record<AttemptState, Partial<Attempt>>> = {
  pending: {},
  claimed: {},
  submitting: marked(),
  unknown: marked(),
  accepted: marked({ carrierMessageId: "c-1" }),
  refused: marked({ negativeMs: t0, failure: failure() }),
  void: marked({ negativeMs: t0 }),
  cancelled: {},
  closed: marked()
}
const isState = (text: string): text is AttemptState => Object.hasOwn(attemptsBy, text)

const attemptOf = (words: string, n: number): Attempt => {
  const [state = "", amb] = words.split(" ")
  if (!isState(state)) return assert.fail(words)
  const sent = amb === "amb" || state === "unknown"
  const since = sent ? { ...marked(), ambiguous: true, unknownSinceMs: clock0 } : {}
  return { ...attemptRow(), ...attemptsBy[state], ...since, n, state, ambiguous: sent }
}

/** As the page says before the first table. */
const besideState: Readonly<Partial<Record<AttemptState, NotificationState>>> = {
  cancelled: "withdrawn",
  refused: "failed",
  void: "escalated",
  closed: "undeliverable"
}

const items = (cell: string): ReadonlyArray<string> => (cell === "" ? [] : cell.split(", "))

const sceneOf = (
  attempts: ReadonlyArray<Attempt>,
  state: NotificationState,
  where: ReadonlyArray<string>
): Scene => {
  let scene: Scene = {
    attempts,
    state,
    in: { clockMs: clock0 + settle },
    stored: false,
    disposition: "retry",
    people: ["dana", "omer"]
  }
  for (const word of where) scene = (conditions[word] ?? assert.fail(word))(scene)
  return scene
}

const happens = (scene: Scene, event: Delivery.DeliveryEvent) => {
  const given = notification(scene.state, scene.attempts)
  const { facts, notification: after } = Delivery.step(given, event, context(scene.in))
  const isIgnored = facts.some((fact) => fact._tag === "Ignored")
  if (isIgnored) assert.strictEqual(after, given)
  return { after, facts, isIgnored }
}

const wordsOf = ({ ambiguous, state }: Attempt): string => (ambiguous ? `${state} amb` : state)

const everywhere = ["", ...Object.keys(conditions)]

const [attempts = [], notifications = []] = tables("attempts.md")

describe("docs/reference/attempts.md, attempts", () => {
  const all = attempts.flatMap((row) =>
    items(row("attempt")).map((words) => [words, row("event"), row("where"), row] as const)
  )
  const alone = (words: string, where: ReadonlyArray<string>): Scene => {
    const attempt = attemptOf(words, 1)
    return sceneOf([attempt], besideState[attempt.state] ?? "active", where)
  }

  // Caught: a row of the page that says `unknown` for `pending`.
  it.each(all)("%s + %s (%s)", (words, name, where, row) => {
    const scene = alone(words, items(where))
    const event = (attemptEvents[name] ?? assert.fail(name))(1, scene)
    const { after, isIgnored } = happens(scene, event)
    const attempt = after.attempts[0]
    const now = isIgnored || attempt === undefined ? "ignored" : wordsOf(attempt)
    assert.deepStrictEqual([now, after.state], [row("attempt after"), row("notification after")])
  })

  it("names each state of an attempt and each event", () => {
    const states = new Set(all.map(([words]) => words.split(" ")[0]))
    assert.sameMembers([...states], Object.keys(attemptsBy))
    assert.sameMembers([...new Set(all.map(([, event]) => event))], Object.keys(attemptEvents))
  })

  // Caught: a refusal that counts for what is unknown already.
  it("says of every other pair that it changes nothing, whatever else holds", () => {
    const named = new Set(all.map(([words, event]) => `${words} + ${event}`))
    const words = new Set(all.map(([each]) => each))
    let pairs = 0
    for (const each of words) {
      for (const [name, eventOf] of Object.entries(attemptEvents)) {
        if (named.has(`${each} + ${name}`)) continue
        pairs++
        for (const where of everywhere) {
          const scene = alone(each, items(where))
          const { isIgnored } = happens(scene, eventOf(1, scene))
          assert.isTrue(isIgnored, `${each} + ${name} (${where})`)
        }
      }
    }
    assert.isAbove(pairs, 80)
  })
})

describe("docs/reference/attempts.md, notifications", () => {
  const states: Readonly<Record<NotificationState, true>> = {
    held: true,
    active: true,
    waiting: true,
    escalated: true,
    delivered: true,
    failed: true,
    undeliverable: true,
    withdrawn: true,
    suppressed: true,
    expired: true
  }
  const isNotificationState = (text: string): text is NotificationState =>
    Object.hasOwn(states, text)
  const stateOf = (text: string) => (isNotificationState(text) ? text : assert.fail(text))
  const rowsOf = (cell: string) => items(cell).map((words, index) => attemptOf(words, index + 1))
  /** `delivered 1` is about the first attempt, `delivered` about the last. */
  const eventOf = (cell: string, scene: Scene): Delivery.DeliveryEvent => {
    const [, name = "", n] = /^(.*?)(?: (\d))?$/u.exec(cell) ?? assert.fail(cell)
    const command = commands[name]
    if (command !== undefined) return command(scene)
    const event = attemptEvents[name] ?? assert.fail(cell)
    return event(n === undefined ? scene.attempts.length : Number(n), scene)
  }
  const all = notifications.flatMap((row: Row) =>
    items(row("notification")).map(
      (state) => [state, row("attempts"), row("event"), row("where"), row] as const
    )
  )

  it.each(all)("%s, %s + %s (%s)", (state, cell, event, where, row) => {
    const scene = sceneOf(rowsOf(cell), stateOf(state), items(where))
    const { after, facts, isIgnored } = happens(scene, eventOf(event, scene))
    const raised = facts.find((fact) => fact._tag === "EscalationRaised")?.cause ?? ""
    assert.deepStrictEqual(
      [isIgnored ? "ignored" : after.state, after.attempts.map((one) => one.state), raised],
      [row("notification after"), [...items(row("attempts after"))], row("escalation")]
    )
  })

  it("names each command", () => {
    assert.includeMembers(
      all.map(([, , event]) => event),
      Object.keys(commands)
    )
  })

  // Caught: a withdrawal of what has ended.
  it("says of every other state and command that it changes nothing, whatever else holds", () => {
    const named = new Set(all.map(([state, , event]) => `${state} + ${event}`))
    let pairs = 0
    for (const state of Object.keys(states)) {
      for (const [name, command] of Object.entries(commands)) {
        if (named.has(`${state} + ${name}`)) continue
        pairs++
        for (const where of everywhere.filter((word) => word !== "ended" && word !== "escalated")) {
          for (const words of Object.keys(attemptsBy)) {
            const scene = sceneOf(rowsOf(words), stateOf(state), items(where))
            const { isIgnored } = happens(scene, command(scene))
            assert.isTrue(isIgnored, `${state}, ${words} + ${name} (${where})`)
          }
        }
      }
    }
    assert.isAbove(pairs, 40)
  })
})
