/**
 * Two `serve` processes on one PostgreSQL, through a whole sandbox month with faults: one is killed
 * with -9 while its request is at the carrier, and never comes back. The other closes the month.
 *
 * Business time is the sandbox's: the test moves it when both runners have nothing to do, as the
 * demo does inside one process.
 *
 * **Source** — architecture, Two times, Storage and scale; invariants 14, 18–20, 38.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { randomBytes } from "node:crypto"
import { BankCalendar, CalendarMonth } from "@tidemark/core/rules"
import { afterAll, assert, describe, it } from "vitest"
import * as DemoPlan from "../../src/demo/DemoPlan.ts"
import * as DemoRun from "../../src/demo/DemoRun.ts"
import { tidemark } from "../commands/Tidemark.ts"
import * as CarrierTruth from "../process/CarrierTruth.ts"
import * as Child from "../process/Child.ts"
import * as Figures from "../process/Figures.ts"

const databaseUrl = process.env["TIDEMARK_TEST_DATABASE_URL"]
const patienceMs = 300_000
const folder = mkdtempSync(join(tmpdir(), "tidemark-runners-"))
const log = join(folder, "carrier-log.ndjson")
const children: Array<Child.Child> = []

const monthText = "2026-11"
const month = CalendarMonth.parse(monthText) ?? assert.fail("no month")
const customers = "60"
const seed = "5"

afterAll(async () => {
  await Promise.all(children.map((child) => child.kill()))
  rmSync(folder, { recursive: true, force: true })
})

const started = (...args: ReadonlyArray<string>): Child.Child => {
  const child = Child.start(args)
  children.push(child)
  return child
}

const json = (name: string, value: unknown): string => {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(value))
  return file
}

/** Short process-time constants; business time keeps its defaults, as in the demo. */
const policy = {
  qualification: { approval: "automatic" },
  message: {
    messageClass: "service",
    sender: { id: "BankPremium", canReceiveReplies: false }
  },
  delivery: { leaseMs: 3000, requestDeadlineMs: 800, marginMs: 200, networkLifetimeMs: 200 },
  schedule: { startsOn: DemoPlan.startsOn(month) }
}

/** The first request is taken and never answered: its sender dies waiting. */
const carrierScript = [
  { on: "submit", kind: "timeout-after-accept", nth: 1 },
  { on: "submit", kind: "5xx-after-accept", nth: 2 },
  { on: "submit", kind: "429", nth: 3, retryAfterSeconds: 1 },
  { on: "message", kind: "refuse-invalid-number", share: 0.03 },
  { on: "receipt", kind: "absent-subscriber", share: 0.1 },
  { on: "receipt", kind: "duplicate", share: 0.2 },
  { on: "receipt", kind: "out-of-order", share: 0.1 },
  { on: "lookup", kind: "5xx", nth: 1 }
]

interface Line {
  readonly tick: string
  readonly done: ReadonlyArray<{ readonly work: string; readonly subject: string }>
  readonly nextWakeAt: string
  readonly recheck: boolean
}

/** What one runner has said since the clock was moved last. */
interface Heard {
  readonly runner: Child.Child
  read: number
  /** Ticks in a row, at the present business time, in which it found nothing to do. */
  quiet: number
  last: Line | undefined
}

const isDone = (line: Line, work: string, subject: string): boolean =>
  line.done.some((done) => done.work === work && done.subject === subject)

/** Takes in what the runners have said; whether any of them did something. */
const listen = (heards: ReadonlyArray<Heard>, now: string, seen: Array<Line>): void => {
  let busy = false
  for (const heard of heards) {
    for (; heard.read < heard.runner.lines.length; heard.read++) {
      const line = JSON.parse(heard.runner.lines[heard.read] ?? "") as Line
      seen.push(line)
      if (line.done.length > 0) busy = true
      else if (line.tick === now) heard.quiet++
      heard.last = line
    }
  }
  if (busy) for (const heard of heards) heard.quiet = 0
}

/** Longer than the settle delay, a throttle and a dead runner's lease. */
const recheckPatienceMs = 5000
const slowJumpMs = 10 * 60_000

/** Moves business time whenever every runner is quiet, until something holds. */
const drive = async (
  clock: { nowMs: number; readonly tell: (nowMs: number) => Promise<void> },
  heards: ReadonlyArray<Heard>,
  seen: Array<Line>,
  holds: () => boolean
): Promise<void> => {
  let patienceMs = recheckPatienceMs
  for (;;) {
    const now = new Date(clock.nowMs).toISOString()
    listen(heards, now, seen)
    if (holds()) return
    for (const { runner } of heards) {
      if (!runner.isRunning()) assert.fail(`a runner has ended: ${runner.err()}`)
    }
    await sleep(10)
    if (heards.some((heard) => heard.quiet < 2)) continue
    const lines = heards.flatMap(({ last }) => last ?? [])
    const recheck = lines.some((line) => line.recheck)
    if (recheck && patienceMs > 0) {
      patienceMs -= 10
      continue
    }
    patienceMs = recheckPatienceMs
    const wakeMs = Math.min(...lines.map((line) => Date.parse(line.nextWakeAt)))
    clock.nowMs = recheck ? Math.min(wakeMs, clock.nowMs + slowJumpMs) : wakeMs
    for (const heard of heards) heard.quiet = 0
    await clock.tell(clock.nowMs)
  }
}

const put = async (url: unknown, nowMs: number): Promise<void> => {
  const body = JSON.stringify({ nowMs })
  const answer = await fetch(`${String(url)}/sandbox/clock`, { method: "PUT", body })
  assert.strictEqual(answer.status, 200)
}

/** Both sandbox servers, and the clock they live by. */
const sandbox = async (beginMs: number) => {
  const begin = new Date(beginMs).toISOString()
  const common = ["--json", "--port", "0", "--seed", seed, "--now", begin]
  const bankScript = json("bank.json", DemoPlan.bankScript(month))
  const people = ["--customers", customers, "--month", monthText, "--script", bankScript]
  const bank = await Child.firstLine(started("sandbox", "bank", ...common, ...people))
  const script = json("carrier.json", carrierScript)
  const carrier = await Child.firstLine(
    started("sandbox", "carrier", ...common, "--log", log, "--script", script)
  )
  const tell = async (nowMs: number): Promise<void> => {
    await put(bank["url"], nowMs)
    await put(carrier["url"], nowMs)
  }
  return { bank: String(bank["url"]), carrier: String(carrier["url"]), tell }
}

const writeSettings = (url: string, { bank, carrier }: { bank: string; carrier: string }) =>
  json("settings.json", {
    Program: {
      Name: "premium-retail",
      Environment: "test",
      Policies: [{ EffectiveFrom: monthText, Policy: policy }]
    },
    Database: { ConnectionString: url, Schema: `test_${randomBytes(6).toString("hex")}` },
    Banking: { ApiUrl: bank },
    SmsCarrier: { ApiUrl: carrier, Account: "sandbox", Sandbox: true },
    Secrets: { ClientReferenceKey: "11".repeat(32), DataKey: "22".repeat(32) }
  })

const hear = (runner: Child.Child): Heard => ({ runner, read: 0, quiet: 0, last: undefined })

interface Report {
  readonly version: string
  readonly delivery: { readonly dispositions: Figures.Figures }
}

/** The month with two runners, one of which dies; the report of the survivor. */
const playWithTwo = async (url: string): Promise<Report> => {
  const beginMs = DemoRun.beginningMs({ month, customers: 1, seed: 1, directory: folder })
  const { tell, ...urls } = await sandbox(beginMs)
  const config = writeSettings(url, urls)
  assert.strictEqual((await tidemark(["migrate", "--config", config])).code, 0)
  const clock = { nowMs: beginMs, tell }
  const follow = ["--json", "--config", config, "--business-clock", urls.carrier]
  const dying = hear(started("serve", ...follow))
  const living = hear(started("serve", ...follow))
  const seen: Array<Line> = []
  // Nothing is decided before the cut-off, because one row of the bank's is malformed.
  const decidedMs = BankCalendar.cutOffMs(BankCalendar.israel([]), month, DemoPlan.zone)
  const almostMs = decidedMs - 8 * 3_600_000
  // Asleep with a capture half done it would keep that for the two minutes of its run's lease.
  const almost = () => clock.nowMs >= almostMs && dying.quiet > 0 && living.quiet > 0
  await drive(clock, [dying, living], seen, almost)
  living.runner.signal("SIGSTOP")
  await drive(clock, [dying], seen, () => Child.textOf(log).includes('"t":"accepted"'))
  await dying.runner.kill()
  living.runner.signal("SIGCONT")
  await drive(clock, [living], seen, () =>
    seen.some((line) => isDone(line, "report", `${monthText} final`))
  )
  const { code, err, out } = await tidemark(["report", "--month", monthText, "--config", config])
  assert.strictEqual(code, 0, err)
  return JSON.parse(out)
}

/** The same bank, decided by one process. */
const playAlone = async (): Promise<Figures.Figures> => {
  const directory = join(folder, "alone")
  const { code, err, out } = await tidemark(
    ["demo", "--json", "--month", monthText, "--customers", customers].concat([
      "--seed",
      seed,
      "--data",
      directory
    ])
  )
  assert.strictEqual(code, 0, err)
  return JSON.parse(out)
}

describe("two runners on one PostgreSQL", () => {
  // Without a server the summary of the run says so.
  const urls = databaseUrl === undefined ? [] : [databaseUrl]

  it.for(urls)(
    "close the month when one of them is killed while it submits: nothing twice, nothing lost",
    { timeout: patienceMs },
    async (url) => {
      const [report, alone] = await Promise.all([playWithTwo(url), playAlone()])
      assert.strictEqual(report.version, "final")
      const figures = report.delivery.dispositions
      const truth = CarrierTruth.read(log)
      assert.deepStrictEqual(truth.audit.repeated, [])
      assert.deepStrictEqual(truth.audit.overlapping, [])
      assert.isTrue(truth.timeGoesForward)
      assert.strictEqual(figures.pending, 0)
      assert.strictEqual(figures.delivered, truth.delivered)
      Figures.conserved(figures)
      for (const name of decidedByTheBank) assert.strictEqual(figures[name], alone[name], name)
    }
  )
})

/** What no fault of a carrier or a runner may move. */
const decidedByTheBank = [
  "population",
  "qualified",
  "notQualified",
  "undetermined",
  "unreachable",
  "excluded",
  "suppressed",
  "unrenderable"
] as const
