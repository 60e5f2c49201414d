/**
 * The contracts with a counterpart that misbehaves: layers that each mistake what went wrong for
 * something else must be noticed. Mistakes with a counterpart that behaves are in
 * PortContracts.test.ts.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as Money from "../../src/money/Money.ts"
import { ClosingBalancesError } from "../../src/ports/ClosingBalances.ts"
import { SmsCarrierError } from "../../src/ports/SmsCarrier.ts"
import type { BalancesDesk, MakeBalances } from "../../src/testing/closingBalances/Desk.ts"
import { failedClosingBalancesChecks } from "../../src/testing/ClosingBalancesContract.ts"
import * as ClosingBalancesMemory from "../../src/testing/ClosingBalancesMemory.ts"
import type { CarrierDesk, MakeCarrier } from "../../src/testing/smsCarrier/Desk.ts"
import { failedSmsCarrierChecks } from "../../src/testing/SmsCarrierContract.ts"
import * as SmsCarrierMemory from "../../src/testing/SmsCarrierMemory.ts"

const months = [CalendarMonth.parse("2026-09")].filter((month) => month !== undefined)
const makeBalances: MakeBalances = ({ nowMs, ...options }) =>
  Effect.sync(() => ClosingBalancesMemory.make({ ...options, months }, nowMs))
const makeCarrier: MakeCarrier = ({ nowMs, script }) =>
  Effect.sync(() => SmsCarrierMemory.make({ script }, nowMs))

type Page = BalancesDesk["balances"]["page"]

const paging =
  (change: (page: Page) => Page) =>
  (desk: BalancesDesk): BalancesDesk => ({
    ...desk,
    balances: { ...desk.balances, page: change(desk.balances.page) }
  })

const brokenBalances: ReadonlyArray<
  readonly [breaks: string, change: (desk: BalancesDesk) => BalancesDesk, caughtBy: string]
> = [
  [
    "a failure that gives an empty page",
    paging(
      (page) => (date, cursor) =>
        Effect.orElseSucceed(page(date, cursor), () => ({
          balances: [],
          problems: [],
          nextCursor: null,
          controlTotals: null
        }))
    ),
    "waits for a date that is late"
  ],
  [
    "bad credentials that are tried again",
    paging(
      (page) => (date, cursor) =>
        Effect.mapError(page(date, cursor), ({ detail }) => {
          return new ClosingBalancesError({ reason: "Unavailable", detail })
        })
    ),
    "reports 401 as Unauthorized, and never a part of a page"
  ],
  [
    "an amount that is no amount taken for nothing",
    paging(
      (page) => (date, cursor) =>
        Effect.map(page(date, cursor), (whole) => ({
          ...whole,
          balances: whole.balances.filter(({ minorUnits }) => !Money.isMalformed(minorUnits))
        }))
    ),
    "keeps a row whose amount is no amount, and says so, without repeating it"
  ],
  [
    "one of two rows of a conflict",
    paging(
      (page) => (date, cursor) =>
        Effect.map(page(date, cursor), (whole) => ({
          ...whole,
          balances: Array.from(new Map(whole.balances.map((row) => [row.accountId, row])).values())
        }))
    ),
    "passes on both rows of a conflict"
  ]
]

type Submit = CarrierDesk["carrier"]["submit"]

const submitting =
  (change: (submit: Submit) => Submit) =>
  (desk: CarrierDesk): CarrierDesk => ({
    ...desk,
    carrier: { ...desk.carrier, submit: change(desk.carrier.submit) }
  })

const brokenCarriers: ReadonlyArray<
  readonly [breaks: string, change: (desk: CarrierDesk) => CarrierDesk, caughtBy: string]
> = [
  [
    "a time-out called not sent",
    submitting(
      (submit) => (batch) =>
        Effect.map(submit(batch), (all) =>
          all.map((each) =>
            each._tag === "Unknown"
              ? {
                  _tag: "NotSent" as const,
                  reference: each.reference,
                  code: "TIMEOUT",
                  retryAfterMs: null,
                  stored: false
                }
              : each
          )
        )
    ),
    "never calls timeout-after-accept a failure, and resolves it by asking"
  ],
  [
    "a batch that is sent again when nobody answers",
    submitting(
      (submit) => (batch) =>
        Effect.flatMap(submit(batch), (all) =>
          all.some(({ _tag }) => _tag === "Unknown") ? submit(batch) : Effect.succeed(all)
        )
    ),
    "never calls timeout-after-accept a failure, and resolves it by asking"
  ],
  [
    "receipts that are told once",
    (desk) => {
      const told = new Set<string>()
      const { carrier } = desk
      return {
        ...desk,
        carrier: {
          ...carrier,
          pollReceipts: (references) =>
            Effect.map(carrier.pollReceipts(references), (reports) =>
              reports.filter(({ digest }) => !told.has(digest) && told.add(digest))
            )
        }
      }
    },
    "gives the same receipts with the same digests each time it is asked"
  ],
  [
    "bad credentials that are tried again",
    (desk) => ({
      ...desk,
      carrier: {
        ...desk.carrier,
        lookup: (references) =>
          Effect.mapError(desk.carrier.lookup(references), ({ code }) => {
            return new SmsCarrierError({ reason: "Unavailable", code })
          })
      }
    }),
    "reports 401 at a look-up as Unauthorized"
  ]
]

describe("the contract of ClosingBalances before a bank that misbehaves", () => {
  for (const [breaks, change, caughtBy] of brokenBalances) {
    it(`notices ${breaks}`, async () => {
      const make: MakeBalances = (setup) => Effect.map(makeBalances(setup), change)
      const found = await Effect.runPromise(failedClosingBalancesChecks(make))
      assert.include(found, caughtBy)
    })
  }
})

describe("the contract of SmsCarrier before a carrier that misbehaves", () => {
  for (const [breaks, change, caughtBy] of brokenCarriers) {
    it(`notices ${breaks}`, async () => {
      const make: MakeCarrier = (setup) => Effect.map(makeCarrier(setup), change)
      const found = await Effect.runPromise(failedSmsCarrierChecks(make))
      assert.include(found, caughtBy)
    })
  }
})

describe("the ports", () => {
  // A port added without layers that break it would have a contract nobody has seen fail.
  it("each have a contract that a layer is seen to break", () => {
    const folder = join(import.meta.dirname, "../../src/ports")
    const ports = readdirSync(folder)
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) =>
        Array.from(
          readFileSync(join(folder, file), "utf8").matchAll(
            /^export class (\w+) extends Context\.Service</gm
          ),
          ([, name]) => name
        )
      )
    assert.isAbove(ports.length, 8)
    const tests = ["PortContracts", "ReportRenderer.contract", "ProgramStoreContract"]
      .map((name) => readFileSync(join(import.meta.dirname, `${name}.test.ts`), "utf8"))
      .join("\n")
    const broken = ports.filter((port) => tests.includes(`/${port}Contract.ts"`))
    assert.deepStrictEqual(broken, ports)
  })
})
