import {
  BankError,
  type DomainEvent,
  type HostLogger,
  type HostNotice,
  type HostSpan,
  memory,
  Tidemark
} from "@tidemark/core"
import { SandboxHost } from "@tidemark/core/sandbox"
import { assert, describe, it } from "vitest"
import { month, options, sandbox } from "./Host.ts"

interface Line {
  readonly level: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

const logging = (): { readonly lines: Array<Line>; readonly logger: HostLogger } => {
  const lines: Array<Line> = []
  const at = (level: string) => (message: string, fields: Line["fields"]) => {
    lines.push({ level, message, fields })
  }
  const logger = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }
  return { lines, logger }
}

const now = "2026-09-02T06:00:00.000Z"

describe("the logger", () => {
  it("hears why a stage waits, and never what the bank's error quotes", async () => {
    const { lines, logger } = logging()
    const balances = {
      page: () => {
        throw Object.assign(new Error("balance 15000.00 of +972527012345"), { retryable: false })
      }
    }
    await using tidemark = await Tidemark.open({
      ...options(sandbox()),
      store: memory(),
      logger,
      balances
    })
    const { done } = await tidemark.tick({ now })
    assert.deepEqual(done, [])
    const warned = lines.find(({ level }) => level === "warn")
    assert.deepInclude(warned?.fields, {
      reason: "Malformed",
      detail: "balances.page threw Error"
    })
    assert.notInclude(JSON.stringify(lines), "15000")
    assert.notInclude(JSON.stringify(lines), "+9725")
  })
})

describe("the tracer", () => {
  it("gets spans with their parents, and every one is ended", async () => {
    const host = sandbox()
    const names = new Map<HostSpan, string>()
    const parents = new Map<string, string | undefined>()
    let open = 0
    await using tidemark = await Tidemark.open({
      ...options(host),
      store: memory(),
      tracer: {
        startSpan: (name, parent) => {
          open++
          const span: HostSpan = {
            setAttribute: () => undefined,
            end: () => {
              open--
            }
          }
          names.set(span, name)
          parents.set(name, parent === undefined ? undefined : names.get(parent))
          return span
        }
      }
    })
    host.tell(now)
    await tidemark.tick({ now })
    assert.isUndefined(parents.get("Tick.tick"))
    assert.isTrue(parents.has("Tick.tick"))
    assert.strictEqual(parents.get("CaptureDay.captureDay"), "Tick.tick")
    assert.strictEqual(open, 0)
  })
})

describe("what the host's functions throw", () => {
  const captured = async (thrown: unknown) => {
    const balances = { page: () => Promise.reject(thrown) }
    await using tidemark = await Tidemark.open({
      ...options(sandbox()),
      store: memory(),
      balances
    })
    const signal = AbortSignal.timeout(10_000)
    return await tidemark.capture("2026-09-01", { now, signal }).then(
      () => undefined,
      (error: unknown) => error
    )
  }

  it("keeps the reason its code names, and the host's own error as cause", async () => {
    const thrown = new BankError("ClosingBalancesError.Unauthorized", "token expired")
    const error = await captured(thrown)
    assert.instanceOf(error, BankError)
    assert.strictEqual(error.code, "ClosingBalancesError.Unauthorized")
    assert.isFalse(error.retryable)
    assert.strictEqual(error.cause, thrown)
  })

  it("is not asked again where it says so", async () => {
    const error = await captured({ retryable: false })
    assert.instanceOf(error, BankError)
    assert.strictEqual(error.code, "ClosingBalancesError.Malformed")
  })
})

describe("the ways out", () => {
  it("publish every event once it has resolved, and again when it has not", async () => {
    const host = sandbox()
    const events: Array<DomainEvent> = []
    let calls = 0
    await using tidemark = await Tidemark.open({
      ...options(host),
      store: memory(),
      publish: async (batch) => {
        calls++
        if (calls === 1) throw new Error("broker down")
        events.push(...batch)
      }
    })
    await SandboxHost.passMonth(tidemark, { host, month })
    assert.isAbove(events.length, 20)
    assert.strictEqual(new Set(events.map(({ id }) => id)).size, events.length)
    assert.include(
      events.map(({ type }) => type),
      "QualificationCalculated"
    )
  })

  it("tell operations of an escalation", async () => {
    const host = sandbox({ script: [{ on: "receipt", kind: "absent-subscriber", share: 1 }] })
    const notices: Array<HostNotice> = []
    await using tidemark = await Tidemark.open({
      ...options(host),
      store: memory(),
      operations: async (batch) => {
        notices.push(...batch)
      }
    })
    const report = await SandboxHost.passMonth(tidemark, { host, month })
    assert.strictEqual(report.delivery.dispositions.delivered, 0)
    assert.isAbove(notices.length, 0)
    assert.isTrue(notices.every(({ customerId }) => customerId?.startsWith("C-") === true))
  })
})

describe("operating", () => {
  it("suppressed customers get nothing, and a paused program sends nothing", async () => {
    const host = sandbox()
    await using tidemark = await Tidemark.open({ ...options(host), store: memory() })
    const at = "2026-10-05T08:00:00.000Z"
    host.tell(at)
    const everybody = Array.from({ length: 40 }, (_, i) => `C-${String(i + 1).padStart(7, "0")}`)
    const by = "dana"
    const one = everybody.slice(0, 1)
    await tidemark.pause({ by }, { now: at })
    await tidemark.tick({ now: at })
    assert.strictEqual(host.audit().accepted, 0)
    const reason = "complaint"
    assert.strictEqual(
      await tidemark.suppress({ customerIds: everybody, reason, by }, { now: at }),
      40
    )
    assert.strictEqual(await tidemark.unsuppress({ customerIds: one, by }, { now: at }), 1)
    await tidemark.suppress({ customerIds: one, reason, by }, { now: at })
    await tidemark.resume({ by }, { now: at })
    await tidemark.tick({ now: at })
    assert.strictEqual(host.audit().accepted, 0)
  })

  it("receipts pushed by the carrier are stored once", async () => {
    await using tidemark = await Tidemark.open({ ...options(sandbox()), store: memory() })
    const pushed = [{ reference: "r1", carrierMessageId: "m1", state: "delivered" as const }]
    assert.deepEqual(await tidemark.receipts(pushed, { now }), { stored: 1, duplicates: 0 })
    assert.deepEqual(await tidemark.receipts(pushed, { now }), { stored: 0, duplicates: 1 })
  })
})
