/**
 * Settings: read whole or refused whole, every problem at once, and never a value in a message.
 *
 * **Source** — surfaces, Configuration.
 */
import * as Redacted from "effect/Redacted"
import fc from "fast-check"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { afterAll, assert, describe, it } from "vitest"
import * as Config from "../../src/Config.ts"
import { tidemark } from "../commands/Tidemark.ts"

const root = join(import.meta.dirname, "../../../..")
const folder = mkdtempSync(join(tmpdir(), "tidemark-config-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, content: unknown): string => {
  const where = join(folder, name)
  writeFileSync(where, typeof content === "string" ? content : JSON.stringify(content))
  return where
}

const policy = {
  message: { messageClass: "service", sender: { id: "BankPremium", canReceiveReplies: false } },
  schedule: { startsOn: "2026-10-30" }
}

const good = {
  Program: { Name: "premium-retail", Policies: [{ EffectiveFrom: "2026-11", Policy: policy }] },
  Banking: { ApiUrl: "http://bank.example" },
  SmsCarrier: { ApiUrl: "https://carrier.example", Sandbox: true }
}

const refusal = (document: unknown, environment = {}): string => {
  try {
    Config.read(file("refused.json", document), environment)
  } catch (error) {
    return error instanceof Error ? error.message : assert.fail("no error")
  }
  return assert.fail("was read")
}

describe("Config", () => {
  it("reads a small file and fills what it leaves out", () => {
    const settings = Config.read(file("good.json", good), {})
    assert.strictEqual(settings.program, "premium-retail")
    assert.strictEqual(settings.environment, "production")
    assert.strictEqual(settings.database._tag, "Embedded")
    assert.strictEqual(settings.carrier.webhookHost, "127.0.0.1")
    assert.strictEqual(settings.scanMs, 15_000)
    assert.strictEqual(settings.logLevel, "Info")
    assert.strictEqual(settings.policies[0].effectiveFrom, "2026-11")
  })

  it("puts the environment over the file, and a named file where the variable is absent", () => {
    const secret = file("secret", "s3cret-of-a-file\n")
    const settings = Config.read(file("good.json", good), {
      TIDEMARK_DATABASE_URL: "postgres://u:p@db/tidemark",
      TIDEMARK_SCHEMA: "bank",
      TIDEMARK_BANK_API_KEY_FILE: secret,
      TIDEMARK_CARRIER_API_KEY: "direct",
      TIDEMARK_CARRIER_API_KEY_FILE: secret
    })
    const { bank, carrier, database } = settings
    if (database._tag !== "Postgres") return assert.fail(database._tag)
    assert.strictEqual(Redacted.value(database.url), "postgres://u:p@db/tidemark")
    assert.strictEqual(database.schema, "bank")
    assert.strictEqual(database.migrations, "apply")
    assert.strictEqual(bank.token && Redacted.value(bank.token), "s3cret-of-a-file")
    assert.strictEqual(carrier.token && Redacted.value(carrier.token), "direct")
    assert.notInclude(inspect(settings, { depth: 9 }), "s3cret")
  })

  it("names every problem with its path, those of the policies among them", () => {
    const message = refusal({
      ...good,
      Program: {
        Name: "Premium Retail",
        Policies: [
          { EffectiveFrom: "2026-11", Policy: { ...policy, balance: { threshold: "much" } } },
          { EffectiveFrom: "2026-11", Policy: policy }
        ]
      },
      Banking: { ApiUrl: "bank.example", Colour: "red" },
      SmsCarrier: { Sandbox: "yes", WebhookSecret: "short", WebhookPort: 70_000 },
      Logging: { LogLevel: { Default: "Loud" } }
    })
    for (const problem of [
      "Program.Name: expected lower-case",
      "Program.Policies.0.Policy.balance.threshold: ",
      "Program.Policies.1.EffectiveFrom: another policy",
      "Banking.ApiUrl: expected an http or https URL",
      "Banking.Colour: unknown field",
      "SmsCarrier.ApiUrl: missing",
      "SmsCarrier.Sandbox: expected boolean",
      "SmsCarrier.WebhookSecret: expected whsec_",
      "SmsCarrier.WebhookPort: expected a port",
      "Logging.LogLevel.Default: expected "
    ]) {
      assert.include(message, problem)
    }
  })

  it("says what to do without a file, and what is wrong with one that is no JSON object", () => {
    assert.throws(() => Config.read(join(folder, "none.json"), {}), /no settings: .*tidemark demo/)
    assert.match(refusal("{ no JSON"), /refused\.json: not valid JSON$/)
    assert.match(refusal("[]"), /refused\.json: not a JSON object$/)
    mkdirSync(join(folder, "directory.json"))
    assert.throws(() => Config.read(join(folder, "directory.json"), {}), /cannot be read$/)
  })

  it("refuses a secret file that is not there or too large", () => {
    const absent = { TIDEMARK_DATA_KEY_FILE: join(folder, "nothing") }
    assert.match(refusal(good, absent), /^TIDEMARK_DATA_KEY_FILE: no such file$/)
    const large = { TIDEMARK_DATA_KEY_FILE: file("large", "a".repeat(65 * 1024)) }
    assert.match(refusal(good, large), /^TIDEMARK_DATA_KEY_FILE: .*larger than 64 KiB$/)
  })

  it("reads the smallest file of its page, which names every variable", () => {
    const page = readFileSync(join(root, "docs/operating/settings.md"), "utf8")
    const [, example = ""] = /```json\n([^]*?)```/.exec(page) ?? []
    const settings = Config.read(file("smallest.json", example), {})
    assert.strictEqual(settings.program, "premium-retail")
    for (const [name, section, field] of Config.variables) {
      assert.match(page, new RegExp(`\\| \`${name}\` +\\| \`${section}.${field}\` +\\|`))
      assert.match(page, new RegExp(`\\n\\| \`${section}.${field}\` +\\|`))
    }
  })

  it("tells the command's user in one line and ends with 2", async () => {
    const config = file("wrong.json", { ...good, Banking: {}, Secrets: { DataKey: "planted" } })
    const { code, err, out } = await tidemark(["tick", "--config", config])
    assert.deepStrictEqual([code, out], [2, ""])
    assert.match(err, /^tidemark: [^\n]*Banking\.ApiUrl: missing[^\n]*Secrets\.DataKey: [^\n]*\n$/)
    assert.notInclude(err, "planted")
  })
})

// Seen to catch: `reportInput: true` with the library's own words, which then quote the value.
describe("for every secret put where it does not belong", () => {
  it("the refusal never quotes it", () => {
    const places = [
      (value: unknown) => ({ ...good, Secrets: { ClientReferenceKey: value, DataKey: value } }),
      (value: unknown) => ({ ...good, Database: { ConnectionString: value } }),
      (value: unknown) => ({ ...good, Database: { ReplicaConnectionString: value } }),
      (value: unknown) => ({ ...good, SmsCarrier: { WebhookSecret: value } }),
      (value: unknown) => ({ ...good, Banking: { ApiUrl: value, ApiKey: [value] } }),
      (value: unknown) => ({ ...good, Surprise: value })
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.stringMatching(/^[a-z0-9]{12,20}$/),
        fc.constantFrom("text", "number", "list", "object"),
        (place, canary, shape) => {
          const marked = `canary${canary}`
          const value = {
            text: marked,
            number: 884_422_118_833,
            list: [marked],
            object: { Key: marked }
          }[shape]
          const message = refusal(place(value))
          assert.notInclude(message, canary)
          assert.notInclude(message, "884422118833")
        }
      ),
      { numRuns: 60 }
    )
  })
})
