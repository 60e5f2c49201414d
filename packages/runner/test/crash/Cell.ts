/**
 * One cell of the crash matrix: a month of its own with its bank, its carrier, its wire and its
 * store, whose messages meet one fault of one carrier class.
 */
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { SandboxCarrierLog } from "@tidemark/core/sandbox"
import * as CarrierClass from "./CarrierClass.ts"
import * as Drive from "./Drive.ts"
import type { Life, Said } from "./Life.ts"
import type { Row, WireFault } from "./MatrixRows.ts"
import * as Runner from "./Runner.ts"
import * as Sandbox from "./Sandbox.ts"
import * as Settings from "./Settings.ts"
import type { Store } from "./Store.ts"
import * as Wire from "./Wire.ts"

/** Long enough for a busy machine to answer in, short enough to wait for. */
export const timing: Settings.Timing = {
  leaseMs: 8000,
  requestDeadlineMs: 4000,
  marginMs: 500,
  networkLifetimeMs: 500
}
/** The lease, and the settle delay after it. */
const recheckMs = timing.leaseMs + timing.requestDeadlineMs + timing.networkLifetimeMs

export const bankSeed = 7
export const customers = 12

export interface CellOptions {
  readonly row: Row
  readonly carrierClass: CarrierClass.CarrierClass
  readonly folder: string
  readonly store: Store
  /** Business time at which the month stands in the store. */
  readonly nowMs: number
  /** Absent: those of the matrix; `null`: the defaults of the delivery protocol. */
  readonly timing?: Settings.Timing | null
}

export interface Cell {
  readonly name: string
  readonly row: Row
  readonly carrierClass: CarrierClass.CarrierClass
  /** The life of the next process; at its n-th death it waits, then it lives. */
  readonly life: (n: number) => Life
  readonly hear: (said: Said) => void
  /** Turns the month until the process has come where it shall die, or everything is at its end. */
  readonly advance: () => Promise<void>
  readonly isOver: () => boolean
  /** The process is dead: what was on the wire goes on, and for K-late its key is forgotten. */
  readonly afterDeath: () => Promise<void>
  /** Passes on what the wire still holds, and waits until the carrier has it. */
  readonly release: () => Promise<void>
  /** Requests of which the process has told the outcome. */
  readonly submissions: () => number
  /** Messages by end and by how many could reach the telephone, such as `delivered/1`. */
  readonly end: () => string
  readonly close: () => Promise<void>
}

const openStates = ["held", "active", "waiting"]

const count = (states: Readonly<Record<string, number>>, names: ReadonlyArray<string>): number =>
  names.reduce((sum, name) => sum + (states[name] ?? 0), 0)

/** A promise and what resolves it. */
const gate = () => {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { open, opened }
}

const isLine = (value: unknown): value is Runner.Line =>
  typeof value === "object" && value !== null && "tick" in value

/** What the wire does to the first request with messages, and what it tells the cell. */
interface WirePlan {
  readonly fault: WireFault | null
  readonly carrierClass: CarrierClass.CarrierClass
  readonly reached: () => void
  readonly held: Promise<void>
  readonly submitted: () => Promise<void>
  readonly forgets: () => Promise<void>
  readonly forgotten: () => boolean
}

const broken: Wire.Answer = {
  status: 500,
  headers: { "content-type": "application/json" },
  body: Buffer.from('{"code":"INTERNAL"}')
}
const throttled: Wire.Answer = {
  status: 429,
  headers: { ...broken.headers, "retry-after": "1" },
  body: Buffer.from('{"code":"TOO_MANY_REQUESTS"}')
}
const noSuch: Wire.Answer = { ...broken, status: 404, body: Buffer.from('{"code":"NOT_FOUND"}') }

const hooksOf = (plan: WirePlan): Wire.WireHooks & { readonly arrivals: () => number } => {
  const { carrierClass, fault, forgets, forgotten, held, reached, submitted } = plan
  let requests = 0
  let passed = 0
  const asks = CarrierClass.capabilitiesOf(carrierClass).lookup !== "none"
  const isSubmit = ({ path }: Wire.Passing) => path === "/v1/messages"
  const first = new WeakSet<Wire.Passing>()
  return {
    arrivals: () => passed,
    arrived: async (passing) => {
      if (!isSubmit(passing)) return "pass"
      requests++
      if (requests === 1) first.add(passing)
      passing.body = CarrierClass.withoutMemory(carrierClass, passing.body, requests, forgotten())
      if (!first.has(passing)) return "pass"
      if (fault === "hold request") {
        reached()
        await held
        // A carrier that forgot the key meanwhile takes the request for a new one.
        passing.body = CarrierClass.withoutMemory(carrierClass, passing.body, 0, forgotten())
      }
      if (fault === "throttle") return throttled
      if (fault !== "lose request") return "pass"
      await forgets()
      return "lost"
    },
    answered: async (passing, answer) => {
      if (passing.path === "/v1/messages/lookup" && !asks) return noSuch
      if (!isSubmit(passing)) return answer
      passed++
      if (!first.has(passing)) return answer
      if (fault === "hold answer") reached()
      if (fault === "lose answer" || fault === "5xx" || fault === "delay answer") await forgets()
      if (fault === "delay answer") await submitted()
      if (fault === "lose answer" || fault === "hold answer") return null
      return fault === "5xx" ? broken : answer
    }
  }
}

/** Acceptances that could reach the telephone, by destination. */
const livingOf = (log: string): ReadonlyMap<string, number> => {
  const living = new Map<string, number>()
  for (const text of readFileSync(log, "utf8").split("\n")) {
    const line = SandboxCarrierLog.parseLine(text)
    if (line?.t !== "accepted") continue
    if (line.validUntil !== null && line.validUntil <= line.at) continue
    living.set(line.to, (living.get(line.to) ?? 0) + 1)
  }
  return living
}

export const make = async (options: CellOptions): Promise<Cell> => {
  const { carrierClass, folder, nowMs, row, store } = options
  const name = `${carrierClass}: ${row.name}`
  mkdirSync(folder, { recursive: true })
  const log = join(folder, "carrier-log.ndjson")
  const sandbox = await Sandbox.start({
    seed: bankSeed,
    customers,
    month: Settings.month,
    bankScript: [],
    carrierScript: [],
    log,
    nowMs
  })
  const held = gate()
  const submitted = gate()
  let reached = false
  let submissions = 0
  let forgotten = false
  let states: Readonly<Record<string, number>> | undefined
  let firstEnd: string | undefined
  let lines: Array<Runner.Line> = []

  const forgets = async () => {
    if (carrierClass !== "K-late" || forgotten || row.taken === "nothing, proven") return
    forgotten = true
    await sandbox.tell(sandbox.nowMs() + CarrierClass.lateWindowMs + 60_000)
  }
  const hooks = hooksOf({
    fault: row.wire,
    carrierClass,
    reached: () => (reached = true),
    held: held.opened,
    submitted: () => submitted.opened,
    forgets,
    forgotten: () => forgotten
  })
  // Refused: nobody listens on the carrier's port until the first send has met that.
  const port = await Wire.freePort()
  let wire =
    row.wire === "refuse connection" ? undefined : await Wire.open(sandbox.carrier, hooks, port)
  let opening: Promise<void> | undefined
  const listen = async () => {
    wire = await Wire.open(sandbox.carrier, hooks, port)
  }
  const config = Settings.write({
    folder,
    name: "settings",
    database: store.settings,
    bank: sandbox.bank,
    carrier: `http://127.0.0.1:${port}`,
    timing: options.timing === undefined ? timing : (options.timing ?? undefined),
    maxBatch: 100
  })

  const isOver = () =>
    states !== undefined &&
    firstEnd !== undefined &&
    count(states, [...openStates, "escalated"]) === 0

  const runner: Runner.Runner = {
    ...Runner.idle,
    name,
    isRunning: () => true,
    heard: () => {
      const heard = lines
      lines = []
      return heard
    }
  }

  return {
    name,
    row,
    carrierClass,
    life: (n) => {
      const death = row.deaths[n]
      return {
        name,
        config,
        clock: sandbox.carrier,
        roles: "capture,qualify,notify,track,report",
        carrierClass,
        point: death === undefined || death === "wire" ? null : death
      }
    },
    hear: (said) => {
      if (said._tag === "Reached") reached = true
      if (said._tag === "Submitted") {
        submissions++
        submitted.open()
        if (wire === undefined) opening ??= listen()
      }
      if (said._tag === "Line" && isLine(said.line)) lines.push(said.line)
      if (said._tag !== "States") return
      states = said.states
      const total = Object.values(states).reduce((sum, each) => sum + each, 0)
      if (firstEnd === undefined && total > 0 && count(states, openStates) === 0) {
        firstEnd = Object.keys(states)
          .filter((state) => (said.states[state] ?? 0) > 0)
          .toSorted()
          .join("|")
      }
    },
    advance: async () => {
      reached = false
      lines = []
      const driver = Drive.make({
        sandbox,
        runners: [runner],
        lastMs: nowMs + 60 * 86_400_000,
        recheckMs,
        slowJumpMs: 3_600_000,
        onLine: () => undefined,
        onEnd: () => undefined
      })
      await driver.until(() => reached || isOver())
    },
    isOver,
    afterDeath: async () => {
      await forgets()
      if (!row.sleeps) held.open()
    },
    release: async () => {
      const before = hooks.arrivals()
      held.open()
      while (row.wire === "hold request" && hooks.arrivals() === before) {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    submissions: () => submissions,
    end: () => {
      const living = livingOf(log)
      const messages = Object.values(states ?? {}).reduce((sum, each) => sum + each, 0)
      const counts = new Set(living.values())
      if (living.size < messages) counts.add(0)
      return `${firstEnd ?? "stuck"}/${[...counts].toSorted((a, b) => a - b).join("|")}`
    },
    close: async () => {
      held.open()
      await wire?.close()
      await sandbox.close()
    }
  }
}
