import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { assert, describe, it } from "vitest"
import * as Dispositions from "../../src/report/Dispositions.ts"
import { ProgramStoreError } from "../../src/ports/ProgramStore.ts"
import { SecretsError } from "../../src/ports/Secrets.ts"
import { SmsCarrierError } from "../../src/ports/SmsCarrier.ts"
import type {
  LookupAnswer,
  ReceiptReport,
  Submission,
  SubmissionBatch,
  SubmissionOutcome
} from "../../src/ports/SmsCarrier.ts"
import * as Reconcile from "../../src/workflows/Reconcile.ts"
import * as SubmitDue from "../../src/workflows/SubmitDue.ts"
import * as TrackDue from "../../src/workflows/TrackDue.ts"
import { always, type HandCustomer, makeHandBank } from "./HandBank.ts"
import { opensMs, released } from "./months.ts"
import { hour, makeWorld, minute, month, type World, type WorldOptions } from "./World.ts"

/** What the carrier does with one message; a message it does not mention is missing in its answer. */
type Answer = (message: Submission) => SubmissionOutcome | undefined

const accepts: Answer = ({ reference }) => ({
  _tag: "Accepted",
  reference,
  carrierMessageId: `id-${reference}`
})
const unknown: Answer = ({ reference }) => ({ _tag: "Unknown", reference, code: "TIMEOUT" })
const notSent: Answer = ({ reference }) => ({
  _tag: "NotSent",
  reference,
  code: "HTTP_401",
  retryAfterMs: null,
  stored: false
})

/** A released month of these customers, and a carrier whose answers are ours. */
const stage = async (people: ReadonlyArray<HandCustomer>, over: WorldOptions = {}) => {
  const hand = makeHandBank(people, always)
  const batches: Array<SubmissionBatch> = []
  const state = { answer: accepts }
  const world = makeWorld({
    balances: hand.balances,
    customers: hand.customers,
    sms: (inner) => ({
      ...over.sms?.(inner),
      submit: (batch) =>
        Effect.sync(() => {
          batches.push(batch)
          return batch.messages.flatMap((message) => state.answer(message) ?? [])
        })
    }),
    ...(over.store === undefined ? {} : { store: over.store }),
    ...(over.secrets === undefined ? {} : { secrets: over.secrets }),
    ...(over.policy === undefined ? {} : { policy: over.policy }),
    ...(over.batch === undefined ? {} : { batch: over.batch })
  })
  await world.run(released(world))
  return { batches, hand, state, world }
}

const submit = (nowMs = opensMs) => SubmitDue.submitDue(Effect.succeed(nowMs))

const three = [{ id: "ann" }, { id: "ben" }, { id: "eve" }]

const notificationOf = async (world: World, customerId: string) => {
  const { notification } = await world.run(world.store.customerMonth({ customerId, month }))
  return notification?.notification
}

/** `active pending`, `suppressed cancelled` … */
const said = async (world: World, customerId: string): Promise<string> => {
  const notification = await notificationOf(world, customerId)
  return `${notification?.state} ${notification?.attempts.at(-1)?.state}`
}

const dispositions = async (world: World) => {
  const counts = Dispositions.of(await world.run(world.store.monthFigures({ month })))
  for (const check of Dispositions.checks(counts)) assert.isTrue(check.holds, check.law)
  return counts
}

describe("what is due", () => {
  it("is submitted once, in one request, with a key and a validity", async () => {
    const { batches, world } = await stage(three)
    assert.deepStrictEqual(await world.run(submit()), { batches: 1, claimed: 3, submitted: 3 })
    assert.deepStrictEqual(await world.run(submit()), { batches: 0, claimed: 0, submitted: 0 })
    const [batch] = batches
    assert.strictEqual(batch?.messages.length, 3)
    for (const message of batch?.messages ?? []) {
      assert.isTrue(message.idempotencyKey.startsWith(`${message.reference}.`))
      assert.strictEqual(message.validUntilMs, opensMs + 5.5 * hour)
      assert.include(message.text, "Dana")
    }
    assert.strictEqual(await said(world, "ann"), "active accepted")
  })

  it("goes in batches of the smaller of the program's and the carrier's size", async () => {
    const { batches, world } = await stage(three, { batch: { submissions: 2 } })
    assert.deepStrictEqual(await world.run(submit()), { batches: 2, claimed: 3, submitted: 3 })
    assert.deepStrictEqual(
      batches.map((batch) => batch.messages.length),
      [2, 1]
    )
  })

  it("waits while the send window is closed", async () => {
    const { batches, world } = await stage(three)
    await world.run(submit(opensMs - 1))
    assert.deepStrictEqual(batches, [])
    assert.strictEqual(await said(world, "ann"), "active pending")
  })

  it("waits while the program is paused", async () => {
    const { batches, world } = await stage(three)
    await world.run(world.store.setPause({ state: "paused", by: "uri", nowMs: opensMs }))
    await world.run(submit())
    assert.deepStrictEqual(batches, [])
  })
})

describe("a key under which the carrier has other bytes", () => {
  // Caught: a key that is lost and replayed all the same.
  it("protects no replay any more, and the outcome is unknown", async () => {
    const { state, world } = await stage([{ id: "ann" }])
    state.answer = (message) => ({
      _tag: "Unknown",
      reference: message.reference,
      code: "KEY_MISMATCH",
      keyLost: true
    })
    await world.run(submit())
    const attempt = (await notificationOf(world, "ann"))?.attempts[0]
    assert.deepInclude(attempt, { state: "unknown", ambiguous: true, keyClosed: true })
  })

  it("is kept where the outcome alone is unknown", async () => {
    const { state, world } = await stage([{ id: "ann" }])
    state.answer = unknown
    await world.run(submit())
    const attempt = (await notificationOf(world, "ann"))?.attempts[0]
    assert.deepInclude(attempt, { state: "unknown", ambiguous: true, keyClosed: false })
  })
})

describe("a row the mark refuses", () => {
  it("is not submitted, and is due again after a scan", async () => {
    let suppress = true
    const { batches, world } = await stage(three, {
      store: (verbs) => ({
        mark: (input) =>
          Effect.gen(function* () {
            if (suppress) {
              suppress = false
              // An opt-out arrives between the claim and the mark.
              yield* verbs.suppress({
                customerIds: ["ben"],
                reason: "OPTED_OUT",
                by: "reply",
                nowMs: opensMs
              })
            }
            return yield* verbs.mark(input)
          })
      })
    })
    assert.deepStrictEqual(await world.run(submit()), { batches: 1, claimed: 3, submitted: 2 })
    assert.strictEqual(batches[0]?.messages.length, 2)
    assert.strictEqual(await said(world, "ben"), "suppressed cancelled")
    assert.strictEqual((await dispositions(world)).suppressed, 1)
  })

  it("because the permission is older than a minute waits; nothing is submitted", async () => {
    const { batches, world } = await stage(three, {
      store: (verbs) => ({
        mark: (input) =>
          Effect.suspend(() => {
            world.pass(minute + 1)
            return verbs.mark({
              ...input,
              context: { ...input.context, clockMs: world.nowMs() }
            })
          })
      })
    })
    assert.deepStrictEqual(await world.run(submit()), { batches: 1, claimed: 3, submitted: 0 })
    assert.deepStrictEqual(batches, [])
    assert.strictEqual(await said(world, "ann"), "active pending")
    const { delivery } = await world.run(world.store.ledger({ nowMs: opensMs }))
    assert.strictEqual(delivery.submitDueMs, opensMs + 15_000)
  })
})

describe("no answer from the bank", () => {
  it("gives the whole batch back: nothing is sent, and the turn ends", async () => {
    const { batches, hand, world } = await stage(three, { batch: { submissions: 1 } })
    hand.faults.contact = "Unavailable"
    const asked = hand.asked.contact
    assert.deepStrictEqual(await world.run(submit()), { batches: 1, claimed: 1, submitted: 0 })
    assert.strictEqual(hand.asked.contact, asked + 1)
    assert.deepStrictEqual(batches, [])
    hand.faults.contact = undefined
    await world.run(submit(opensMs + minute))
    assert.strictEqual(batches.length, 3)
  })

  it("about one customer gives that one back, and sends the others", async () => {
    const { batches, hand, world } = await stage(three)
    hand.faults.silentAbout.add("ben")
    await world.run(submit())
    assert.strictEqual(batches[0]?.messages.length, 2)
    assert.strictEqual(await said(world, "ben"), "active pending")
  })
})

describe("no key for client references", () => {
  it("gives the batch back instead of stopping the other stages", async () => {
    let missing = false
    const { batches, world } = await stage(three, {
      secrets: {
        clientReferenceKey: () =>
          missing
            ? Effect.fail(new SecretsError({ reason: "Missing", detail: "k1" }))
            : Effect.succeed({ id: "k1", key: Redacted.make(new Uint8Array(32)) })
      }
    })
    missing = true
    assert.deepStrictEqual(await world.run(submit()), { batches: 1, claimed: 3, submitted: 0 })
    assert.deepStrictEqual(batches, [])
    missing = false
    await world.run(submit(opensMs + minute))
    assert.strictEqual(batches[0]?.messages.length, 3)
  })
})

describe("a customer the bank tells otherwise of since the decision", () => {
  const cases: ReadonlyArray<
    readonly [
      name: string,
      over: Partial<HandCustomer>,
      disposition: "unreachable" | "excluded" | "suppressed"
    ]
  > = [
    ["has no phone any more", { phone: null }, "unreachable"],
    ["has a landline now", { phone: "03-6021234" }, "unreachable"],
    ["is excluded", { permission: "excluded" }, "excluded"],
    ["asked for no messages", { permission: "suppressed" }, "suppressed"]
  ]
  for (const [name, over, disposition] of cases) {
    it(`${name}: ends as ${disposition}, and the totals hold (invariant 18)`, async () => {
      const { batches, hand, world } = await stage(three)
      hand.change("ben", over)
      await world.run(submit())
      assert.strictEqual(batches[0]?.messages.length, 2)
      const counts = await dispositions(world)
      assert.strictEqual(counts[disposition], 1)
      assert.strictEqual(counts.pending, 2)
    })
  }

  it("may have nothing that can be rendered: ends as unrenderable", async () => {
    const message = {
      messageClass: "service",
      defaultLanguage: "en",
      templates: {
        en: { text: "Thanks {CustomerFirstName}", withoutName: "Thanks" },
        he: { text: "x".repeat(400), withoutName: "x".repeat(400) }
      }
    }
    const { hand, world } = await stage(three, { policy: { message } })
    hand.change("ben", { language: "he" })
    await world.run(submit())
    assert.strictEqual((await dispositions(world)).unrenderable, 1)
  })

  it("ends even when nobody else is in the batch, and the next batch follows", async () => {
    const { batches, hand, world } = await stage(three, { batch: { submissions: 1 } })
    hand.change("ann", { permission: "suppressed" })
    assert.deepStrictEqual(await world.run(submit()), { batches: 3, claimed: 3, submitted: 2 })
    assert.strictEqual(batches.length, 2)
  })
})

describe("what the carrier says about each message", () => {
  it("is recorded by reference, one by one; a member it does not mention is unknown", async () => {
    const { state, world } = await stage([...three, { id: "ian" }])
    let place = 0
    state.answer = (message) => {
      place++
      if (place === 1) return accepts(message)
      if (place === 2) {
        const failure = { category: "InvalidNumber", disposition: "permanent", code: "NO" } as const
        return { _tag: "Refused", reference: message.reference, failure, stored: false }
      }
      return place === 3 ? notSent(message) : undefined
    }
    await world.run(submit())
    const found = await Promise.all(["ann", "ben", "eve", "ian"].map((id) => said(world, id)))
    assert.sameMembers(found, [
      "active accepted",
      "failed refused",
      "active pending",
      "active unknown"
    ])
    const counts = await dispositions(world)
    assert.strictEqual(counts.failed, 1)
    assert.strictEqual(counts.accepted, 1)
  })

  it("survives a store that fails twice while it is recorded", async () => {
    let failures = 0
    const { world } = await stage(three, {
      store: (verbs) => ({
        recordEvidence: (input) =>
          Effect.suspend(() => {
            failures++
            return failures > 2
              ? verbs.recordEvidence(input)
              : Effect.fail(new ProgramStoreError({ reason: "Unavailable", detail: "by hand" }))
          })
      })
    })
    await world.run(submit())
    assert.strictEqual(failures, 3)
    assert.strictEqual(await said(world, "ann"), "active accepted")
  })

  it("is lost with a store that fails for good: the attempt becomes unknown, never sent anew", async () => {
    const { batches, world } = await stage([{ id: "ann" }], {
      store: () => ({
        recordEvidence: () =>
          Effect.fail(new ProgramStoreError({ reason: "ReadOnly", detail: "by hand" }))
      })
    })
    const error = await world.run(Effect.flip(submit()))
    assert.strictEqual(error._tag, "ProgramStoreError")
    assert.strictEqual(await said(world, "ann"), "active submitting")
    world.pass(3 * minute)
    await world.run(Reconcile.reconcile(Effect.succeed(opensMs)).pipe(Effect.ignore))
    assert.strictEqual(await said(world, "ann"), "active unknown")
    await world.run(submit())
    assert.strictEqual(batches.length, 1)
  })
})

describe("a carrier that takes nothing", () => {
  it("and says so without a word on when is asked again after a scan, not in a circle", async () => {
    const { batches, state, world } = await stage(three, { batch: { submissions: 1 } })
    state.answer = notSent
    assert.deepStrictEqual(await world.run(submit()), { batches: 1, claimed: 1, submitted: 1 })
    assert.strictEqual(batches.length, 1)
    const { delivery } = await world.run(world.store.ledger({ nowMs: opensMs }))
    assert.isAtMost(delivery.submitDueMs ?? Infinity, opensMs)
    state.answer = accepts
    assert.strictEqual((await world.run(submit())).submitted, 2)
    assert.strictEqual((await world.run(submit(opensMs + 15_000))).submitted, 1)
  })

  it("and does not answer loses one batch per turn to doubt, not all of them", async () => {
    const { state, world } = await stage(three, { batch: { submissions: 1 } })
    state.answer = unknown
    assert.strictEqual((await world.run(submit())).batches, 1)
    const { delivery } = await world.run(world.store.ledger({ nowMs: opensMs }))
    assert.strictEqual(delivery.unresolved, 1)
  })

  it("and asks us to wait is left alone so long, in process time", async () => {
    const { state, world } = await stage([{ id: "ann" }, { id: "ben" }], {
      batch: { submissions: 1 }
    })
    state.answer = ({ reference }) => ({
      _tag: "NotSent",
      reference,
      code: "HTTP_429",
      retryAfterMs: 30_000,
      stored: false
    })
    await world.run(submit())
    state.answer = accepts
    assert.strictEqual((await world.run(submit())).claimed, 0)
    world.pass(30_000)
    assert.strictEqual((await world.run(submit())).claimed, 1)
  })
})

describe("a replay of an attempt in doubt", () => {
  const replay = async (over: Partial<HandCustomer>) => {
    const { batches, hand, state, world } = await stage([{ id: "ann" }])
    state.answer = unknown
    await world.run(submit())
    world.pass(10 * minute)
    // The carrier has no such reference: the same key may go again.
    await world.run(Reconcile.reconcile(Effect.succeed(opensMs)))
    assert.strictEqual(await said(world, "ann"), "active pending")
    hand.change("ann", over)
    state.answer = accepts
    await world.run(submit(opensMs + minute))
    return { batches, world }
  }

  it("sends the same bytes to the same number, wherever the customer has moved", async () => {
    const { batches, world } = await replay({ phone: "+972528019999", firstName: "Ruth" })
    assert.strictEqual(batches.length, 2)
    assert.deepStrictEqual(batches[1]?.messages, batches[0]?.messages)
    assert.strictEqual(await said(world, "ann"), "active accepted")
  })

  it("goes to the number it had, when the bank has none any more", async () => {
    const { batches, world } = await replay({ phone: null })
    assert.deepStrictEqual(batches[1]?.messages, batches[0]?.messages)
    assert.strictEqual(await said(world, "ann"), "active accepted")
  })

  it("of a customer who may not be contacted any more is not sent, and stays in doubt", async () => {
    for (const permission of ["suppressed", "excluded"] as const) {
      const { batches, world } = await replay({ permission })
      assert.strictEqual(batches.length, 1)
      // Not claimed for ever: it goes back to doubt, and ends by evidence or when V has passed.
      assert.strictEqual(await said(world, "ann"), "active unknown")
    }
  })

  it("that may not be sent any more ends under the customer's new disposition", async () => {
    const { world } = await replay({ permission: "suppressed" })
    for (let later = 1; later <= 8; later++) {
      const nowMs = opensMs + later * hour
      world.pass(10 * minute)
      await world.run(Reconcile.reconcile(Effect.succeed(nowMs)))
      await world.run(submit(nowMs))
    }
    assert.strictEqual((await notificationOf(world, "ann"))?.state, "suppressed")
    assert.strictEqual((await dispositions(world)).suppressed, 1)
  })
})

describe("a further attempt", () => {
  const failed = (reference: string) => ({
    reference,
    carrierMessageId: null,
    receipt: {
      state: "failed" as const,
      part: 1,
      parts: null,
      failure: { category: "Undeliverable", disposition: "retry", code: "ABSENT" } as const
    },
    digest: `failed ${reference}`
  })

  type Found = "dead" | "delivered" | "open" | "down" | "unknown"

  const answerOf = (
    reference: string,
    found: Found
  ): Effect.Effect<LookupAnswer, SmsCarrierError> => {
    if (found === "down") {
      return Effect.fail(new SmsCarrierError({ reason: "Unavailable", code: "DOWN" }))
    }
    if (found === "unknown") return Effect.succeed({ _tag: "NotFound", reference })
    const answer = { _tag: "Found", reference, carrierMessageId: `id-${reference}` } as const
    if (found === "open") return Effect.succeed({ ...answer, report: null })
    const report = failed(reference)
    if (found === "dead") return Effect.succeed({ ...answer, report })
    const receipt = { ...report.receipt, state: "delivered", failure: null } as const
    const digest = "delivered after all"
    return Effect.succeed({ ...answer, report: { ...report, receipt, digest } })
  }

  /** The first attempt has failed; its retry is due. `polled` is what a poll tells of it then. */
  const second = async (
    lookup: (reference: string) => Found,
    polled: (
      reference: string
    ) => Effect.Effect<ReadonlyArray<ReceiptReport>, SmsCarrierError> = () => Effect.succeed([])
  ) => {
    const asked: Array<string> = []
    const { batches, state, world } = await stage([{ id: "ann" }], {
      sms: () => ({
        lookup: (references) =>
          Effect.forEach(references, (reference) => {
            asked.push(reference)
            return answerOf(reference, lookup(reference))
          }),
        pollReceipts: ([reference = ""]) => polled(reference)
      })
    })
    state.answer = accepts
    await world.run(submit())
    const reference = batches[0]?.messages[0]?.reference ?? ""
    await world.run(
      world.store.storeReceipts({
        nowMs: opensMs + minute,
        via: "webhook",
        carrierAccount: "memory",
        reports: [failed(reference)]
      })
    )
    await world.run(TrackDue.trackDue(Effect.succeed(opensMs + minute)))
    assert.strictEqual(await said(world, "ann"), "waiting pending")
    const retryMs = opensMs + 6 * hour
    await world.run(submit(retryMs))
    return { asked, batches, reference, retryMs, world }
  }

  it("asks about the first one, and goes when it is dead", async () => {
    const { asked, batches, reference, world } = await second(() => "dead")
    assert.deepStrictEqual(asked, [reference])
    assert.strictEqual(batches.length, 2)
    assert.notStrictEqual(batches[1]?.messages[0]?.reference, reference)
    assert.strictEqual(await said(world, "ann"), "active accepted")
  })

  it("goes when the carrier does not know the first one any more", async () => {
    const { batches } = await second(() => "unknown")
    assert.strictEqual(batches.length, 2)
  })

  it("never follows one that was delivered after all (invariant 20)", async () => {
    const { batches, retryMs, world } = await second(() => "delivered")
    assert.strictEqual(batches.length, 1)
    await world.run(TrackDue.trackDue(Effect.succeed(retryMs)))
    assert.strictEqual((await notificationOf(world, "ann"))?.state, "delivered")
    await world.run(submit(retryMs + hour))
    assert.strictEqual(batches.length, 1)
  })

  it("never follows one that a poll says was delivered, where the look-up hides it", async () => {
    const { batches, retryMs, world } = await second(
      () => "dead",
      (reference) => {
        const report = failed(reference)
        const receipt = { ...report.receipt, state: "delivered", failure: null } as const
        return Effect.succeed([{ ...report, receipt, digest: "told before it failed" }])
      }
    )
    assert.strictEqual(batches.length, 1)
    await world.run(TrackDue.trackDue(Effect.succeed(retryMs)))
    assert.strictEqual((await notificationOf(world, "ann"))?.state, "delivered")
  })

  it("waits while the poll is down, and needs none where receipts only come by push", async () => {
    const fails = (reason: SmsCarrierError["reason"]) => () =>
      Effect.fail(new SmsCarrierError({ reason, code: "BY_HAND" }))
    assert.strictEqual((await second(() => "dead", fails("Timeout"))).batches.length, 1)
    assert.strictEqual((await second(() => "dead", fails("Unsupported"))).batches.length, 2)
  })

  it("waits while the carrier says nothing final about the first", async () => {
    const { batches, world } = await second(() => "open")
    assert.strictEqual(batches.length, 1)
    assert.strictEqual(await said(world, "ann"), "waiting pending")
  })

  it("waits while the look-up is down, which is asked again a few times", async () => {
    const { asked, batches, world } = await second(() => "down")
    assert.strictEqual(batches.length, 1)
    assert.strictEqual(asked.length, 4)
    assert.strictEqual(await said(world, "ann"), "waiting pending")
  })
})

describe("a program with two lanes", () => {
  const six = ["ann", "ben", "eve", "gil", "ora", "zvi"].map((id) => ({ id }))

  /** Such a program, and how many requests were on the wire when each of its requests began. */
  const staged = async (answer: (nth: number) => Answer) => {
    const hand = makeHandBank(six, always)
    const onTheWire: Array<number> = []
    const references: Array<string> = []
    let open = 0
    const world = makeWorld({
      balances: hand.balances,
      customers: hand.customers,
      batch: { submissions: 1, lanes: 2 },
      sms: () => ({
        submit: Effect.fnUntraced(function* (batch) {
          onTheWire.push(++open)
          for (let turn = 0; turn < 100; turn++) yield* Effect.yieldNow
          open--
          references.push(...batch.messages.map((message) => message.reference))
          const nth = references.length
          return batch.messages.flatMap((message) => answer(nth)(message) ?? [])
        })
      })
    })
    await world.run(released(world))
    return { onTheWire, references, world }
  }

  // Caught: one lane whatever the program says; both lanes begun before the first batch was done.
  it("sends one batch alone, then two at once, and each message once", async () => {
    const { onTheWire, references, world } = await staged(() => accepts)
    assert.deepStrictEqual(await world.run(submit()), { batches: 6, claimed: 6, submitted: 6 })
    assert.strictEqual(new Set(references).size, 6)
    assert.strictEqual(onTheWire[0], 1)
    assert.strictEqual(onTheWire[1], 1)
    assert.strictEqual(Math.max(...onTheWire), 2)
  })

  // Caught: a lane that goes on by itself when the other has moved nothing.
  it("ends both when one batch moved nothing, so that each loses one to doubt at most", async () => {
    for (const silent of [[2], [2, 3, 4, 5, 6]]) {
      const { world } = await staged((nth) => (silent.includes(nth) ? unknown : accepts))
      assert.strictEqual((await world.run(submit())).batches, 3)
    }
  })
})

describe("a process that is asked to stop", () => {
  it("between mark and record finishes the batch first: no evidence is lost", async () => {
    const hand = makeHandBank([{ id: "ann" }, { id: "ben" }], always)
    const started = Deferred.makeUnsafe<void>()
    const answered = Deferred.makeUnsafe<void>()
    const requests: Array<number> = []
    const world = makeWorld({
      balances: hand.balances,
      customers: hand.customers,
      batch: { submissions: 1 },
      sms: () => ({
        submit: Effect.fnUntraced(function* (batch) {
          requests.push(batch.messages.length)
          yield* Deferred.succeed(started, undefined)
          yield* Deferred.await(answered)
          return batch.messages.flatMap((message) => accepts(message) ?? [])
        })
      })
    })
    await world.run(
      Effect.gen(function* () {
        yield* released(world)
        const fiber = yield* Effect.forkChild(submit())
        yield* Deferred.await(started)
        const stop = yield* Effect.forkChild(Fiber.interrupt(fiber))
        yield* Effect.yieldNow
        yield* Deferred.succeed(answered, undefined)
        yield* Fiber.join(stop)
      })
    )
    assert.deepStrictEqual(requests, [1])
    const found = await Promise.all(["ann", "ben"].map((id) => said(world, id)))
    assert.sameMembers(found, ["active accepted", "active pending"])
  })
})
