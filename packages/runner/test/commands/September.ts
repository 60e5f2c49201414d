/**
 * The truth of September 2025 at a bank in Israel: eleven customers, an outage, a closure, a
 * carrier that falls silent once; and an operator who lives through it.
 */
import type { SandboxScript } from "@tidemark/core/sandbox"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startCarrier } from "../../src/sandbox/Carrier.ts"
import * as HandBank from "./HandBank.ts"
import * as Operator from "./Operator.ts"

/** Numbers of Israel given to nobody; the last customer has a landline. */
const phoneOf = (id: string): string => (id === "C-11" ? "03-6021234" : `+972528010${id.slice(2)}0`)

const customers = Array.from({ length: 11 }, (_, index) => {
  const id = `C-${String(index + 1).padStart(2, "0")}`
  return { id, phone: phoneOf(id), firstName: "דנה" }
})

/** Everybody has 20,000.00 but on these days; `null`: the bank never gives it. */
const told: Readonly<Record<string, string | null>> = {
  "A-02 2025-09-14": "15000.00",
  "A-03 2025-09-22": "14999.99",
  "A-04 2025-09-09": null,
  "A-06 2025-09-16": "1500.00",
  "A-08 2025-09-25": "14000.00"
}

const balanceOf: HandBank.Balances = (accountId, date) => {
  const amount = told[`${accountId} ${date}`]
  return amount === undefined ? "20000.00" : amount
}

/** Attempts of C-09 fail; the carrier never takes the first of C-10, and says so of nothing. */
const atFirst: SandboxScript.CarrierScript = [
  { on: "message", kind: "omit-before-accept", only: phoneOf("C-10"), times: 1 },
  { on: "receipt", kind: "absent-subscriber", only: phoneOf("C-09") }
]

const policy = {
  qualification: { approval: "twoPeople" },
  message: { messageClass: "service", sender: { id: "BankPremium", canReceiveReplies: false } },
  // The process time of a network that is only loopback; business time keeps its defaults.
  delivery: { leaseMs: 30_000, requestDeadlineMs: 600, marginMs: 1000, networkLifetimeMs: 200 },
  schedule: { startsOn: "2025-08-31" }
}

/** Commands that take business time. */
const isTimed = /^(?!explain|replay|escalations list|suppress list|config)/

/** Opens everything; `close` ends it. */
export const open = async () => {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-september-"))
  const scope = Effect.runSync(Scope.make())
  const inScope = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> =>
    Effect.runPromise(Effect.provideService(effect, Scope.Scope, scope))
  const bank = { outages: new Set(["2025-09-11", "2025-09-17"]), customers, balanceOf }
  const faults: Array<SandboxScript.CarrierScript[number]> = [...atFirst]
  const [{ url }, carrier] = await Promise.all([
    inScope(HandBank.start(bank)),
    inScope(startCarrier({ nowMs: Date.parse("2025-08-31T00:00:00Z"), script: faults }))
  ])
  const file = join(folder, "tidemark.json")
  const settings = {
    Program: {
      Name: "premium-retail",
      Environment: "test",
      Policies: [{ EffectiveFrom: "2025-09", Policy: policy }]
    },
    Database: { Directory: join(folder, "data") },
    Banking: { ApiUrl: url },
    SmsCarrier: { ApiUrl: carrier.url, Account: "sandbox", Sandbox: true }
  }
  writeFileSync(file, JSON.stringify(settings))
  const operator = await inScope(Operator.sitDown(file))
  let now = ""
  return {
    bank,
    /** What the bank's other systems heard. */
    events: operator.events,
    /** It is this instant, for the carrier and for every command from now on. */
    at: (instant: string): Promise<void> => {
      now = instant
      return inScope(carrier.tell(Date.parse(instant)))
    },
    type: (line: string): Promise<Operator.Screen> =>
      operator.type(isTimed.test(line) ? `${line} --now ${now}` : line),
    /** While it is silent, the carrier answers no look-up. */
    lookups: (state: "silent" | "answered"): void => {
      if (state === "silent") faults.push({ on: "lookup", kind: "5xx" })
      else faults.pop()
    },
    audit: () => inScope(carrier.audit),
    close: async (): Promise<void> => {
      await Effect.runPromise(Scope.close(scope, Exit.void))
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
