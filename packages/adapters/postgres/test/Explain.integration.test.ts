/**
 * The plan of every statement the store issues while its contract is checked, on tables that hold
 * many rows of another program and have no statistics: the moment a planner is most often wrong.
 *
 * Runs on the server of TIDEMARK_TEST_DATABASE_URL. Statements that count whole months are left
 * out: they read them whole by design (docs/decisions/0011).
 */
import { PgClient } from "@effect/sql-pg"
import { failedProgramStoreChecks } from "@tidemark/core/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { randomBytes } from "node:crypto"
import { Pool } from "pg"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import * as HostPool from "../src/HostPool.ts"
import { layerClient } from "../src/layers.ts"
import * as Ballast from "./Ballast.ts"
import { databaseUrl, secrets } from "./Database.ts"
import { type Explained, explained, type Scan } from "./ExplainedPool.ts"

if (databaseUrl === undefined) {
  console.warn("Plans not looked at: TIDEMARK_TEST_DATABASE_URL is not set")
}

/** Tables that grow with customers and months. */
const large =
  /^(?:balance_check|decision|notification|attempt|receipt_inbox|receipt_waiting|outbox|data_quality_issue)/

/** Indexes that hold only what is waiting for work: reading one whole is reading the work. */
const ofWork = [
  "attempt_due",
  "attempt_leased",
  "attempt_unknown",
  "attempt_poll",
  "notification_open",
  "notification_timer",
  "outbox_unpublished",
  "receipt_inbox_orphan_carrier_id",
  "receipt_inbox_orphan_reference",
  "receipt_waiting_pkey"
]

/** Whether an index is entered by more than the program, which all rows of a bank share. */
const isByKey = ({ by }: Scan): boolean =>
  [...by.matchAll(/\((\w+)(?:\[1\])?\)?(?:::\w+)? ?(?:=|<|>|&&|@>|IS)/g)].some(
    ([, column]) => column !== "program"
  )

const readsWhole = (scan: Scan): boolean =>
  large.test(scan.relation) &&
  (scan.type === "Seq Scan" ||
    (/^(?:Index|Index Only|Bitmap Index) Scan$/.test(scan.type) &&
      !isByKey(scan) &&
      !ofWork.includes(scan.index)))

/** Hot statements by their wording, and the index each must come to its rows by. */
const intended: ReadonlyArray<readonly [verb: string, wording: RegExp, index: string]> = [
  ["claimDue", /state = 'pending' AND due_at <= .* SET state = 'claimed'/, "attempt_due"],
  ["mark", /^WITH r AS .* SET state = 'submitting'/, "attempt_pkey"],
  ["recordEvidence", /^SELECT n\.\*, clock_timestamp/, "notification_pkey"],
  ["recordEvidence", /^SELECT t\.notification_id, s\.reason AS suppression/, "decision_current"],
  ["recordEvidence", /^UPDATE attempt a SET state = t\.state/, "attempt_pkey"],
  ["recordEvidence", /^SELECT a\.\* .* SELECT notification_id, n, state/, "attempt_pkey"],
  ["sweepLeases", /lease_until <= clock_timestamp\(\) ORDER BY lease_until/, "attempt_leased"],
  ["claimUnresolved", /a\.state = 'unknown' AND a\.unknown_since/, "attempt_unknown"],
  ["claimPolls", /poll_at <= .* SET poll_at/, "attempt_poll"],
  ["foldReceipts", /FROM receipt_waiting .* FOR UPDATE SKIP LOCKED/, "receipt_waiting_pkey"],
  ["foldReceipts", /^UPDATE receipt_inbox i SET status = \$1/, "receipt_inbox_pkey"],
  ["foldReceipts", /reference AS name, .* FROM attempt/, "attempt_reference"],
  ["foldReceipts", /carrier_message_id AS name FROM attempt/, "attempt_carrier_id"],
  ["storeReceipts", /^WITH woken .* SELECT DISTINCT carrier_account/, "receipt_inbox_pkey"],
  ["outboxPublished", /^UPDATE outbox o SET published_at/, "outbox_pkey"],
  ["applyTimers", /timer_at <= .* ORDER BY timer_at/, "notification_timer"],
  ["monthEvidence", /^SELECT string_agg\(int8send\(b\.minor_units\)/, "balance_check_2026_10_pkey"],
  ["monthCustomers", /^SELECT d\.\*, n\.state, n\.reason FROM/, "decision_current"],
  ["ledger", /min\(due_at\) FROM attempt/, "attempt_due"],
  ["releasePage", /state = 'held' ORDER BY notification_id/, "notification_open"],
  ["corrections", /FROM decision .*account_ids/, "decision_account"]
]

describe.skipIf(databaseUrl === undefined)("for every statement of the store's contract", () => {
  const schema = `test_${randomBytes(6).toString("hex")}`
  const plans: Array<Explained> = []
  let pool: Pool
  beforeAll(async () => {
    pool = new Pool({ connectionString: databaseUrl, max: 8 })
    const looked = explained(pool, (plan) => plans.push(plan))
    const sql = await Effect.runPromise(HostPool.client({ pool: looked, schema }))
    const store = (program: string) =>
      layerClient({ program, schema }).pipe(
        Layer.provide(Layer.succeed(PgClient.PgClient, sql)),
        Layer.provide(secrets)
      )
    await Effect.runPromise(Effect.scoped(Layer.build(store("first"))))
    // A migration reads what it changes, once.
    plans.length = 0
    await Ballast.fill(pool, schema)
    assert.deepStrictEqual(
      await Effect.runPromise(failedProgramStoreChecks(store, { clock: "real" })),
      []
    )
  }, 120_000)
  afterAll(async () => {
    await pool.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`)
    await pool.end()
  })

  const said = (found: ReadonlyArray<Explained>, scans: (scan: Scan) => boolean) =>
    found.flatMap(({ scans: all, statement }) =>
      all.filter(scans).map((scan) => `${JSON.stringify(scan)} in ${statement.slice(0, 300)}`)
    )

  // Caught: the index attempt_due dropped, decision_account dropped.
  it("no table that grows is ever read whole", () => {
    assert.isAbove(plans.length, 100)
    assert.deepStrictEqual(said(plans, readsWhole), [])
  })

  // Caught: the question below, before it was excepted.
  it("no partition after the month is ever touched", () => {
    // Whether a person's account was ever captured: one account, asked of every month.
    const ever = plans.filter(({ statement }) => !statement.endsWith("LIMIT 1"))
    const later = ({ relation }: Scan) =>
      /^balance_check_\d/.test(relation) && relation > "balance_check_2026_10"
    assert.deepStrictEqual(said(ever, later), [])
  })

  for (const [verb, wording, index] of intended) {
    it(`${verb} comes to its rows by ${index}`, () => {
      const found = plans.filter(({ statement }) => wording.test(statement))
      assert.isAbove(found.length, 0, "nothing of this wording was asked")
      for (const { scans, statement } of found) {
        const used = scans.map((scan) => scan.index)
        assert.include(used, index, statement)
      }
    })
  }
})
