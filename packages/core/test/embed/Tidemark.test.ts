import {
  AbortedError,
  ClosedError,
  type HostCarrier,
  InputError,
  memory,
  type OpenOptions,
  PolicyError,
  type PolicyObject,
  RefusedError,
  Tidemark,
  TidemarkError
} from "@tidemark/core"
import type { PolicyDocument } from "@tidemark/core/effect"
import { SandboxHost } from "@tidemark/core/sandbox"
import { assert, describe, it } from "vitest"
import { month, options, policy, sandbox } from "./Host.ts"

const open = (host: SandboxHost.SandboxHost, more: Partial<OpenOptions> = {}) =>
  Tidemark.open({ ...options(host), store: memory(), ...more })

/** The error a promise was rejected with. */
const rejected = async (promise: Promise<unknown>): Promise<TidemarkError> => {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause
  )
  assert.instanceOf(error, TidemarkError)
  return error
}

const septemberIsOver = "2026-10-05T06:00:00.000Z"

describe("a month by promises", () => {
  it("is captured, decided, sent, tracked and reported", async () => {
    const host = sandbox()
    await using tidemark = await open(host)
    const report = await SandboxHost.passMonth(tidemark, { host, month })
    assert.strictEqual(report.version, "final")
    const { delivered, pending, population } = report.delivery.dispositions
    assert.strictEqual(population, 40)
    assert.isAbove(delivered, 10)
    assert.strictEqual(pending, 0)
    assert.isTrue(report.conservation.every(({ holds }) => holds))
    assert.strictEqual(host.audit().duplicates, 0)
  })

  it("is explained day by day, and unknown customers are unknown", async () => {
    const host = sandbox()
    await using tidemark = await open(host)
    await SandboxHost.passMonth(tidemark, { host, month })
    const known = await tidemark.explain("C-0000001", month)
    assert.strictEqual(known?.days.length, 30)
    assert.match(known?.evidenceHash ?? "", /^[0-9a-f]{64}$/)
    assert.isAbove(known?.reasons.length ?? 0, 0)
    assert.isTrue(known?.days.some(({ derived }) => derived))
    assert.isNull(await tidemark.explain("C-unknown", month))
  })

  it("goes on where a carrier throws: nothing is refused, nothing sent twice", async () => {
    const host = sandbox()
    let calls = 0
    const carrier: HostCarrier = {
      ...host.carrier,
      submit: async (messages, signal) => {
        const answer = await host.carrier.submit(messages, signal)
        calls++
        if (calls === 1) throw new Error("the answer was lost")
        return answer
      }
    }
    await using tidemark = await open(host, { carrier })
    const report = await SandboxHost.passMonth(tidemark, { host, month })
    assert.isAtLeast(calls, 1)
    assert.isAbove(report.delivery.dispositions.delivered, 10)
    assert.strictEqual(host.audit().duplicates, 0)
    const { escalated, failed, pending } = report.delivery.dispositions
    assert.deepEqual({ escalated, failed, pending }, { escalated: 0, failed: 0, pending: 0 })
  })
})

describe("a carrier that never answers", () => {
  it("is given up at the deadline, and asked before anything is sent again", async () => {
    const host = sandbox()
    let calls = 0
    let told: AbortSignal | undefined
    const carrier: HostCarrier = {
      ...host.carrier,
      submit: async (messages, signal) => {
        calls++
        const answer = await host.carrier.submit(messages, signal)
        if (calls > 1) return answer
        told = signal
        return new Promise(() => {})
      }
    }
    await using tidemark = await open(host, { carrier })
    const report = await SandboxHost.passMonth(tidemark, { host, month })
    assert.isTrue(told?.aborted)
    assert.strictEqual(host.audit().duplicates, 0)
    assert.isAbove(report.delivery.dispositions.delivered, 10)
    assert.strictEqual(report.delivery.dispositions.failed, 0)
  })
})

describe("approval by two people", () => {
  it("names the hash, counts people, and says why not", async () => {
    const host = sandbox()
    const twoPeople: PolicyObject = { ...policy, qualification: { approval: "twoPeople" } }
    await using tidemark = await open(host, { policy: twoPeople })
    const now = septemberIsOver
    const approval = { month, by: "dana", hash: "0" }
    assert.strictEqual(
      (await rejected(tidemark.approve(approval, { now }))).code,
      "RefusedError.NotDecided"
    )
    host.tell(now)
    await tidemark.tick({ now })
    const row = (await tidemark.months({ now })).find((known) => known.month === month)
    assert.strictEqual(row?.status, "decided")
    const hash = row?.hash ?? ""
    const wrong = await rejected(tidemark.approve(approval, { now }))
    assert.instanceOf(wrong, RefusedError)
    assert.strictEqual(wrong.code, "RefusedError.HashMismatch")
    assert.isFalse(wrong.retryable)
    assert.strictEqual(await tidemark.approve({ ...approval, hash }, { now }), "needsSecondPerson")
    const same = await rejected(tidemark.approve({ ...approval, hash }, { now }))
    assert.strictEqual(same.code, "RefusedError.SamePerson")
    assert.strictEqual(await tidemark.approve({ month, by: "noa", hash }, { now }), "approved")
  })

  it("joins no transaction a store in memory cannot join", async () => {
    await using tidemark = await open(sandbox())
    const error = await rejected(
      tidemark.approve({ month, by: "dana", hash: "0" }, { tx: { query: () => {} } })
    )
    assert.strictEqual(error.code, "InputError.Invalid")
    assert.deepEqual(
      error.problems.map(({ path }) => path),
      ["tx"]
    )
  })
})

describe("what open refuses", () => {
  it("a policy with everything that is wrong in it", async () => {
    const wrong = { message: {}, schedule: { startsOn: "2026-02-30" }, extra: 1 }
    const error = await rejected(open(sandbox(), { policy: JSON.parse(JSON.stringify(wrong)) }))
    assert.instanceOf(error, PolicyError)
    const paths = error.problems.map(({ path }) => path).toSorted()
    assert.deepEqual(paths, [
      "policy.extra",
      "policy.message.messageClass",
      "policy.schedule.startsOn"
    ])
  })

  it("functions that are not there, beside the policy's problems", async () => {
    const host = sandbox()
    const bare = { ...options(host), store: memory(), carrier: {}, policy: {} }
    const error = await rejected(Tidemark.open(JSON.parse(JSON.stringify(bare))))
    assert.instanceOf(error, InputError)
    const paths = error.problems.map(({ path }) => path)
    for (const path of ["balances.page", "carrier.submit", "secrets.clientReferenceKey", "store"]) {
      assert.include(paths, path)
    }
    assert.include(paths, "policy.message")
  })

  it("two policies from the same month, and neither policy nor policies", async () => {
    const host = sandbox()
    const { policy: _, ...without } = { ...options(host), store: memory() }
    const twice = [
      { effectiveFrom: "2026-01", policy },
      { effectiveFrom: "2026-01", policy },
      { effectiveFrom: "soon", policy }
    ]
    const error = await rejected(Tidemark.open({ ...without, policies: twice }))
    assert.deepEqual(
      error.problems.map(({ path }) => path),
      ["policies.1.effectiveFrom", "policies.2.effectiveFrom"]
    )
    assert.instanceOf(await rejected(Tidemark.open(without)), PolicyError)
  })

  it("a carrier that really sends on a store that forgets", async () => {
    const host = sandbox()
    const error = await rejected(open(host, { carrier: { ...host.carrier, sandbox: false } }))
    assert.strictEqual(error.code, "RefusedError.RealCarrier")
  })
})

describe("arguments", () => {
  it("are checked before anything is asked", async () => {
    await using tidemark = await open(sandbox())
    const codes = await Promise.all(
      [
        tidemark.tick({ now: "2026-10-01" }),
        tidemark.tick({ now: "2026-02-30T00:00:00Z" }),
        tidemark.explain("C-1", "2026-13"),
        tidemark.capture("yesterday"),
        tidemark.pause({ by: " " }),
        tidemark.receipts([{ state: "delivered" }])
      ].map(async (call) => (await rejected(call)).code)
    )
    assert.deepEqual([...new Set(codes)], ["InputError.Invalid"])
  })

  it("a day that is not over is not captured", async () => {
    await using tidemark = await open(sandbox())
    const error = await rejected(
      tidemark.capture("2026-09-02", { now: "2026-09-02T12:00:00.000Z" })
    )
    assert.strictEqual(error.code, "RefusedError.DayNotOver")
  })
})

describe("one date", () => {
  it("is captured by name, and again without change", async () => {
    const host = sandbox()
    await using tidemark = await open(host)
    const now = "2026-09-03T06:00:00.000Z"
    host.tell(now)
    const first = await tidemark.capture("2026-09-02", { now })
    assert.strictEqual(first.outcome, "captured")
    const again = await tidemark.capture("2026-09-02", { now })
    assert.include(again, { outcome: "captured", stored: 0, superseded: 0 })
  })
})

describe("an aborted call", () => {
  it("ends with AbortedError, and the next tick finds the same work", async () => {
    const host = sandbox()
    const control = new AbortController()
    let seen: AbortSignal | undefined
    await using tidemark = await open(host, {
      balances: {
        page: (date, cursor, signal) => {
          if (seen !== undefined) return host.balances.page(date, cursor, signal)
          seen = signal
          control.abort()
          return new Promise(() => {})
        }
      }
    })
    const now = "2026-09-02T06:00:00.000Z"
    host.tell(now)
    const error = await rejected(tidemark.tick({ now, signal: control.signal }))
    assert.instanceOf(error, AbortedError)
    assert.isTrue(error.retryable)
    assert.isTrue(seen?.aborted)
    assert.instanceOf(
      await rejected(tidemark.tick({ now, signal: AbortSignal.abort() })),
      AbortedError
    )
  })

  it("finishes the submission in hand", async () => {
    const host = sandbox()
    const control = new AbortController()
    const carrier: HostCarrier = {
      ...host.carrier,
      submit: async (messages, signal) => {
        control.abort()
        await new Promise((resolve) => setTimeout(resolve, 20))
        return host.carrier.submit(messages, signal)
      }
    }
    await using tidemark = await open(host, { carrier })
    const now = "2026-10-05T08:00:00.000Z"
    host.tell(now)
    const error = await rejected(tidemark.tick({ now, signal: control.signal }))
    assert.instanceOf(error, AbortedError)
    const { accepted } = host.audit()
    assert.isAbove(accepted, 0)
    const explained = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        tidemark.explain(`C-${String(i + 1).padStart(7, "0")}`, month)
      )
    )
    const states = explained.flatMap((one) => one?.notification?.attempts ?? [])
    assert.strictEqual(states.filter(({ state }) => state === "accepted").length, accepted)
  })
})

describe("a closed program", () => {
  it("ends what is running and refuses what comes after", async () => {
    const host = sandbox()
    const tidemark = await open(host, { balances: { page: () => new Promise(() => {}) } })
    const running = rejected(tidemark.tick({ now: "2026-09-02T06:00:00.000Z" }))
    await new Promise((resolve) => setTimeout(resolve, 10))
    await tidemark.close()
    assert.instanceOf(await running, ClosedError)
    assert.strictEqual((await rejected(tidemark.months())).code, "ClosedError.Closed")
    await tidemark.close()
  })
})

/** The written form of a policy and its schema are one: the compiler says so, both ways. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

describe("the policy's form", () => {
  it("is the document's schema", () => {
    const same: Same<PolicyObject, PolicyDocument.PolicyDocument> = true
    assert.isTrue(same)
  })
})
