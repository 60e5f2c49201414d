/** Where a campaign keeps its months: a PostgreSQL of its own or given, or directories. */
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { launch } from "../../../../scripts/testPostgres.ts"
import * as Store from "./Store.ts"

export type Kind = "postgres" | "pglite"

export interface Place {
  /** `null` for the embedded store. */
  readonly server: Store.Server | null
  /** An empty store; an embedded one takes the place of the one before. */
  readonly fresh: () => Promise<Store.Store>
  readonly close: () => Promise<void>
  /** Whether its server is ours alone, so that it may be crashed. */
  readonly owned: boolean
}

/** A place in a folder; a server is `given`, or started for this place alone. */
export const open = async (
  kind: Kind,
  folder: string,
  given: Store.Server | undefined
): Promise<Place> => {
  mkdirSync(folder, { recursive: true })
  if (kind === "pglite") {
    const fresh = async () => {
      rmSync(join(folder, "embedded"), { recursive: true, force: true })
      return Store.embedded(folder)
    }
    return { server: null, fresh, close: async () => undefined, owned: false }
  }
  if (given !== undefined) {
    const fresh = () => Store.postgres(given)
    return { server: given, fresh, close: async () => undefined, owned: false }
  }
  const server = await launch()
  const fresh = () => Store.postgres(server)
  return { server, fresh, close: server.stop, owned: true }
}
