import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import type { Submission, SubmissionOutcome } from "../../src/ports/SmsCarrier.ts"
import * as SubmitDue from "../../src/workflows/SubmitDue.ts"
import { always, makeHandBank } from "./HandBank.ts"
import { opensMs, released } from "./months.ts"
import { makeWorld, minute } from "./World.ts"

const second = minute / 60

type Answer = (message: Submission) => SubmissionOutcome

const answers: Readonly<Record<"down" | "up" | "full", Answer>> = {
  down: ({ reference }) => ({ _tag: "Unknown", reference, code: "HTTP_503" }),
  full: ({ reference }) => ({
    _tag: "NotSent",
    reference,
    code: "HTTP_429",
    retryAfterMs: 0,
    stored: false
  }),
  up: ({ reference }) => ({ _tag: "Accepted", reference, carrierMessageId: `id-${reference}` })
}

/** Forty released messages, three to a request, and a carrier that is down. */
const stage = async () => {
  const people = Array.from({ length: 40 }, (_, i) => ({ id: `c${i}` }))
  const hand = makeHandBank(people, always)
  const requests: Array<ReadonlyArray<string>> = []
  const carrier = { answer: answers.down }
  const world = makeWorld({
    balances: hand.balances,
    customers: hand.customers,
    batch: { submissions: 3 },
    sms: () => ({
      submit: ({ messages }) =>
        Effect.sync(() => {
          requests.push(messages.map(({ reference }) => reference))
          return messages.map(carrier.answer)
        })
    })
  })
  await world.run(released(world))
  /** A turn of the stage in each second, as a runner takes them. */
  const turns = async (count: number): Promise<ReadonlyArray<number>> => {
    const before = requests.length
    for (let i = 0; i < count; i++) {
      // Business time moves on by a scan: what was given back is due again.
      await world.run(SubmitDue.submitDue(Effect.succeed(opensMs + 60 * second * i)))
      world.pass(second)
    }
    return requests.slice(before).map((references) => references.length)
  }
  return { carrier, requests, turns }
}

describe("a carrier that fails for hours (fault C3)", () => {
  // Caught: what is heard not given to the store; a probe that is not written down.
  it("is asked five times, then once in thirty seconds with one message", async () => {
    const { turns } = await stage()
    assert.deepStrictEqual(await turns(30), [3, 3, 3, 3, 3])
    assert.deepStrictEqual(await turns(120), [1, 1, 1, 1])
  })

  it("gets the backlog once it answers, and no reference twice", async () => {
    const { carrier, requests, turns } = await stage()
    await turns(40)
    const tried = new Set(requests.flat()).size
    carrier.answer = answers.up
    const sizes = await turns(40)
    assert.strictEqual(sizes[0], 1)
    const all = requests.flat()
    assert.strictEqual(new Set(all).size, all.length)
    assert.strictEqual(all.length, 40)
    assert.isAbove(40, tried)
  })

  // Caught: a throttle counted as a failure.
  it("that only asks to wait opens no circuit breaker", async () => {
    const { carrier, turns } = await stage()
    carrier.answer = answers.full
    assert.deepStrictEqual(
      await turns(12),
      Array.from({ length: 12 }, () => 3)
    )
  })
})
