/** The schemas of a row: ours, and a second one of the same tables for what is the floor. */
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import { Client } from "pg"
import * as Meter from "./Meter.ts"
import * as World from "./World.ts"

export interface Database {
  readonly client: Client
  /** Our schema, and that of the floor: the same migrations made both. */
  readonly ours: string
  readonly floor: string
  readonly meter: ReturnType<typeof Meter.make>
  readonly world: World.World
  readonly close: () => Promise<void>
}

const serverOf = async (client: Client, url: string): Promise<Meter.Server> => {
  const { hostname } = new URL(url)
  if (!["127.0.0.1", "localhost", "::1"].includes(hostname)) return { process: null }
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")
  return { process: Meter.parentOf(rows[0]?.pid ?? 0) }
}

const partition = (schema: string, from: string, to: string): string =>
  `CREATE TABLE IF NOT EXISTS ${schema}.balance_check_${from.slice(0, 7).replace("-", "_")}
    PARTITION OF ${schema}.balance_check FOR VALUES FROM ('${from}') TO ('${to}')`

/** Two fresh schemas with the partitions of the month and of the one before it. */
export const open = async (url: string, customers: number): Promise<Database> => {
  const name = `bench_${randomBytes(4).toString("hex")}`
  const [ours, floor] = [name, `${name}_floor`]
  const client = new Client({ connectionString: url })
  await client.connect()
  // Whatever runs first opens the store, which makes its schema.
  const world = World.open(url, ours, customers)
  await world.run(Effect.void)
  const beside = World.open(url, floor, 0)
  await beside.run(Effect.void)
  await beside.close()
  for (const schema of [ours, floor]) {
    await client.query(partition(schema, "2026-09-01", "2026-10-01"))
    await client.query(partition(schema, "2026-10-01", "2026-11-01"))
  }
  const close = async (): Promise<void> => {
    await world.close()
    await client.query(`DROP SCHEMA ${ours} CASCADE`)
    await client.query(`DROP SCHEMA ${floor} CASCADE`)
    await client.end()
  }
  return { client, ours, floor, meter: Meter.make(await serverOf(client, url)), world, close }
}
