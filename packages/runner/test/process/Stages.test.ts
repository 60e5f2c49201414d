/**
 * The stages one command at a time, as processes against sandbox servers and one PostgreSQL: each
 * does its part, and doing it twice changes nothing.
 *
 * **Source** — surfaces, command line; product rules, The stages.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { randomBytes } from "node:crypto"
import { afterAll, assert, describe, it } from "vitest"
import { tidemark, lines } from "../commands/Tidemark.ts"
import * as Child from "./Child.ts"
import * as Figures from "./Figures.ts"

const databaseUrl = process.env["TIDEMARK_TEST_DATABASE_URL"]
const patienceMs = 300_000
const folder = mkdtempSync(join(tmpdir(), "tidemark-stages-"))
const children: Array<Child.Child> = []
const month = "2026-11"
const inWindow = "2026-12-01T08:00:00Z"
const later = "2026-12-01T12:00:00Z"

afterAll(async () => {
  await Promise.all(children.map((child) => child.kill()))
  rmSync(folder, { recursive: true, force: true })
})

const server = async (...args: ReadonlyArray<string>): Promise<string> => {
  const child = Child.start(["sandbox", ...args, "--json", "--port", "0", "--now", inWindow])
  children.push(child)
  const { url } = await Child.firstLine(child)
  return String(url)
}

interface SettingsInput {
  readonly database: Readonly<Record<string, string>>
  readonly bank?: string
  readonly carrier?: string
  readonly sandbox?: boolean
}

/** A settings file with the default policy: two people approve. */
const settings = (name: string, input: SettingsInput): string => {
  const file = join(folder, name)
  const policy = {
    message: { messageClass: "service", sender: { id: "BankPremium", canReceiveReplies: false } },
    schedule: { startsOn: "2026-10-30" }
  }
  const document = {
    Program: {
      Name: "premium-retail",
      Policies: [{ EffectiveFrom: month, Policy: policy }]
    },
    Database: input.database,
    Banking: { ApiUrl: input.bank ?? "http://127.0.0.1:9" },
    SmsCarrier: {
      ApiUrl: input.carrier ?? "http://127.0.0.1:9",
      Sandbox: input.sandbox ?? true
    },
    Secrets: { ClientReferenceKey: "11".repeat(32), DataKey: "22".repeat(32) },
    Logging: { LogLevel: { Default: "Error" } }
  }
  writeFileSync(file, JSON.stringify(document))
  return file
}

type Row = Readonly<Record<string, unknown>>

/** The JSON lines of a command that succeeds. */
const told = async (
  config: string,
  ...args: ReadonlyArray<string>
): Promise<ReadonlyArray<Row>> => {
  const { code, err, out } = await tidemark([...args, "--config", config, "--json"])
  assert.strictEqual(code, 0, `${args.join(" ")}: ${err}`)
  return lines(out) as ReadonlyArray<Row>
}

/** The one line of a command that is refused with the given code. */
const refused = async (
  code: number,
  config: string,
  ...args: ReadonlyArray<string>
): Promise<string> => {
  const ran = await tidemark([...args, "--config", config])
  assert.strictEqual(ran.code, code, `${args.join(" ")}: ${ran.err}`)
  assert.strictEqual(ran.out, "")
  assert.match(ran.err, /^tidemark: [^\n]+\n$/)
  return ran.err
}

const works = (rows: ReadonlyArray<Row>): ReadonlyArray<string> =>
  ((rows[0] ?? {})["done"] as ReadonlyArray<{ readonly work: string }>).map(({ work }) => work)

const prepare = async (config: string) => {
  assert.match(await refused(1, config, "migrate", "--verify"), /SchemaMismatch/)
  for (const mode of ["apply", "apply"]) {
    assert.deepStrictEqual(await told(config, "migrate"), [{ ok: true, mode }])
  }
  assert.deepStrictEqual(await told(config, "migrate", "--verify"), [{ ok: true, mode: "verify" }])
  const findings = await told(config, "doctor", "--now", "2026-10-30T09:00:00Z")
  assert.deepStrictEqual(
    findings.map(({ check, ok }) => [check, ok]),
    [
      ["settings", true],
      ["store", true],
      ["late work", true],
      ["circuit breaker", true],
      ["restore detection", true],
      ["bank", true],
      ["carrier", true]
    ]
  )
}

const captureTwice = async (config: string) => {
  const date = ["capture", "--date", "2026-11-02", "--now", inWindow]
  const [first] = await told(config, ...date)
  assert.strictEqual(first?.["_tag"], "Captured")
  assert.isAbove(Number(first?.["stored"]), 0)
  const [again] = await told(config, ...date)
  assert.deepStrictEqual([again?.["stored"], again?.["superseded"]], [0, 0])
  assert.match(
    await refused(2, config, "capture", "--date", "2026-12-01", "--now", inWindow),
    /not over yet/
  )
  assert.include(works(await told(config, "capture", "--now", inWindow)), "capture")
  assert.deepStrictEqual(works(await told(config, "capture", "--now", inWindow)), [])
}

const qualifyAndApprove = async (config: string) => {
  const approve = (hash: string, by: string) =>
    ["approve", "--month", month, "--hash", hash].concat("--by", by, "--now", inWindow)
  assert.match(await refused(2, config, ...approve("00", "dana")), /not decided yet/)
  const [ticked, decided] = await told(config, "qualify", "--month", month, "--now", inWindow)
  assert.deepStrictEqual(works([ticked ?? {}]), ["qualify", "report", "relay"])
  const [, unchanged] = await told(config, "qualify", "--month", month, "--now", inWindow)
  assert.deepStrictEqual(unchanged, decided)
  const hash = String(decided?.["contentHash"])
  assert.match(await refused(2, config, ...approve("00", "dana")), /hash is not that/)
  const [one] = await told(config, ...approve(hash, "dana"))
  assert.strictEqual(one?.["outcome"], "NeedsSecondPerson")
  assert.match(await refused(2, config, ...approve(hash, "dana")), /same person/)
  assert.deepStrictEqual(works(await told(config, "dispatch", "--now", inWindow)), [])
  const [two] = await told(config, ...approve(hash, "noa"))
  assert.strictEqual(two?.["outcome"], "Approved")
}

const dispatchAndTrack = async (config: string) => {
  assert.deepStrictEqual(works(await told(config, "dispatch", "--now", inWindow)), [
    "release",
    "submit"
  ])
  assert.deepStrictEqual(works(await told(config, "dispatch", "--now", inWindow)), [])
  const [followed] = await told(config, "track", "--now", later)
  assert.isAbove(Number(followed?.["folded"]), 0)
  const [nothing] = await told(config, "track", "--now", later)
  assert.deepStrictEqual(nothing, { reconciled: 0, polled: 0, stored: 0, folded: 0, timers: 0 })
  assert.include(works(await told(config, "tick", "--now", later)), "report")
  assert.deepStrictEqual(works(await told(config, "tick", "--now", later)), [])
}

/** As a workbook and a PDF beside the settings; never half a file, never bytes on stdout. */
const reportFiles = async (config: string) => {
  const args = ["report", "--month", month, "--format"]
  const folder = dirname(config)
  for (const [format, magic] of [
    ["xlsx", "PK"],
    ["pdf", "%PDF"]
  ] as const) {
    const file = join(folder, `report.${format}`)
    const out = ["--language", "he", "--out", file]
    const [written] = await told(config, ...args, format, ...out)
    assert.deepStrictEqual(written, { month, version: "final", format, annex: false, file })
    const bytes = readFileSync(file)
    assert.strictEqual(bytes.toString("latin1", 0, magic.length), magic)
    await told(config, ...args, format, ...out)
    assert.deepStrictEqual(readFileSync(file), bytes)
  }
  assert.match(await refused(2, config, ...args, "pdf"), /--format pdf needs --out FILE/)
  const nowhere = join(folder, "no", "such", "folder.pdf")
  assert.match(await refused(2, config, ...args, "pdf", "--out", nowhere), /cannot be written/)
}

const reportAndExplain = async (config: string) => {
  const args = ["report", "--month", month, "--format", "json"]
  const [report = {}] = await told(config, ...args)
  assert.deepStrictEqual((await told(config, ...args))[0], report)
  assert.strictEqual(report["version"], "final")
  const { dispositions } = report["delivery"] as { readonly dispositions: Figures.Figures }
  Figures.conserved(dispositions)
  assert.strictEqual(dispositions.population, 40)
  assert.strictEqual(dispositions.pending, 0)
  assert.strictEqual(dispositions.delivered, dispositions.accepted)
  const asked = Array.from({ length: 5 }, (_, index) => `C-${String(index + 1).padStart(7, "0")}`)
  assert.match(await refused(2, config, "report", "--month", "2027-01"), /nothing is known of/)
  await reportFiles(config)
  const known = await Promise.all(
    asked.map(async (customer) => {
      const [row] = await told(config, "explain", "--customer", customer, "--month", month)
      return row ?? {}
    })
  )
  const outcomes = new Set(known.map((row) => row["outcome"]))
  assert.isTrue(outcomes.has("Qualified") && outcomes.has("NotQualified"))
  const reached = known.find(
    (row) => (row["notification"] as { readonly state?: string } | null)?.state === "delivered"
  )
  const customer = String(reached?.["customerId"])
  const { out } = await tidemark(
    ["explain", "--customer", customer, "--month", month].concat("--config", config)
  )
  assert.match(
    out,
    /^Customer C-\d+, 2026-11\n\n {2}Qualified: at or above 15,000\.00 ILS on every/
  )
  assert.match(
    out,
    /\n {2}The message was delivered to the phone; the carrier told us at 2026-12-01 /
  )
  assert.match(out, /\n {2}2026-12-01 10:00 {2}attempt 1 given to the carrier\n/)
}

describe("the stages, one command at a time", () => {
  // Without a server the summary of the run says so.
  const urls = databaseUrl === undefined ? [] : [databaseUrl]

  it.for(urls)(
    "do their part once and nothing the second time",
    { timeout: patienceMs },
    async (url) => {
      const [bank, carrier] = await Promise.all([
        server("bank", "--customers", "40", "--month", month),
        server("carrier", "--null", "--log", join(folder, "carrier.ndjson"))
      ])
      const schema = `test_${randomBytes(6).toString("hex")}`
      const database = { ConnectionString: url, Schema: schema }
      const config = settings("tidemark.json", { database, bank, carrier })
      await prepare(config)
      await captureTwice(config)
      await qualifyAndApprove(config)
      await dispatchAndTrack(config)
      await reportAndExplain(config)
      const real = settings("real.json", { database, bank, carrier, sandbox: false })
      const words = /refused with a real carrier/
      assert.match(await refused(2, real, "tick", "--now", inWindow), words)
      assert.match(await refused(2, real, "serve", "--business-clock", carrier), words)
      const { out } = await tidemark(["migrate", "--sql", "--config", config])
      assert.include(out, `"${schema}"`)
    }
  )
})

describe("the embedded store", () => {
  const config = () => settings("embedded.json", { database: { Directory: join(folder, "data") } })

  it("is refused with a real carrier", { timeout: patienceMs }, async () => {
    const database = { Directory: join(folder, "real") }
    const real = settings("embedded-real.json", { database, sandbox: false })
    const words = /a real carrier needs a PostgreSQL server.*accept in words/
    await Promise.all(
      ["tick", "serve", "capture"].map(async (command) => {
        assert.match(await refused(1, real, command), words)
      })
    )
  })

  it("has no answer about a customer it has never seen", { timeout: patienceMs }, async () => {
    assert.match(
      await refused(2, config(), "explain", "--customer", "nobody", "--month", month),
      /no decision and no balance of customer nobody/
    )
    assert.match(
      await refused(2, config(), "explain", "--customer", "nobody", "--month", "2026-13"),
      /--month 2026-13: no such month/
    )
  })

  it("is told about by a doctor who finds the rest wrong", { timeout: patienceMs }, async () => {
    const { code, out } = await tidemark(["doctor", "--json", "--config", config()])
    assert.strictEqual(code, 1)
    const found = new Map(
      (lines(out) as ReadonlyArray<Row>).map((row) => [row["check"], row["ok"]])
    )
    assert.deepStrictEqual(
      ["settings", "store", "bank", "carrier"].map((check) => found.get(check)),
      [true, true, false, false]
    )
  })
})

describe("flags of the stages", () => {
  it("are refused with one line that says what was expected", { timeout: patienceMs }, async () => {
    const database = { Directory: join(folder, "never-made") }
    const config = settings("flags.json", { database })
    const expected: ReadonlyArray<readonly [says: RegExp, ...command: ReadonlyArray<string>]> = [
      [/no such date/, "capture", "--date", "2026-02-30"],
      [/no such month/, "report", "--month", "2026-9"],
      [/one of capture, /, "serve", "--roles", "capture,sending"],
      [/the URL of/, "serve", "--business-clock", "clock"]
    ]
    await Promise.all(
      expected.map(async ([says, ...command]) => {
        assert.match(await refused(2, config, ...command), says)
      })
    )
    const none = join(folder, "none.json")
    for (const command of ["tick", "serve"]) {
      assert.match(await refused(2, none, command), /no settings: write this file .*tidemark demo/)
    }
  })
})
