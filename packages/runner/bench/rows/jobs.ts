/** The queue dispatch is measured against: pg-boss, `fetch` and `complete` in batches of 500. */
import { randomBytes } from "node:crypto"
import { Client } from "pg"
import { PgBoss } from "pg-boss"

/** Jobs to a batch, as our messages are. */
export const batch = 500

const name = "messages"

/** A queue of so many jobs in a schema of its own. */
export const open = async (url: string, jobs: number) => {
  const schema = `bench_jobs_${randomBytes(4).toString("hex")}`
  const boss = new PgBoss({
    connectionString: url,
    schema,
    supervise: false,
    schedule: false
  })
  boss.on("error", (error) => process.stderr.write(`pg-boss: ${String(error)}\n`))
  await boss.start()
  await boss.createQueue(name)
  for (let from = 0; from < jobs; from += 5_000) {
    const length = Math.min(5_000, jobs - from)
    await boss.insert(
      name,
      Array.from({ length }, (_, index) => ({ data: { notificationId: `N-${from + index}` } }))
    )
  }
  /** Takes and completes so many batches; how many jobs there were. */
  const take = async (batches: number): Promise<number> => {
    let taken = 0
    for (let n = 0; n < batches; n++) {
      const found = await boss.fetch(name, { batchSize: batch })
      if (found.length === 0) break
      await boss.complete(
        name,
        found.map((job) => job.id)
      )
      taken += found.length
    }
    return taken
  }
  const close = async (): Promise<void> => {
    await boss.stop({ graceful: false })
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(`DROP SCHEMA ${schema} CASCADE`)
    await client.end()
  }
  return { take, close }
}
