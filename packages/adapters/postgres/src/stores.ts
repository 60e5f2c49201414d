/**
 * The store as an opaque value for hosts that call by promises: `Tidemark.open({ store })`.
 *
 * **Source** — architecture, Embedding.
 */
import { InputError, type Store } from "@tidemark/core"
import type { HostPool } from "./HostSession.ts"
import * as parts from "./storeParts.ts"

/** What both have. */
export interface HostStoreOptions {
  /** Default `tidemark`. Lower-case letters, digits and underscores. */
  readonly schema?: string
  /** `apply` (default) brings the schema up to date; `verify` for a role without DDL. */
  readonly migrations?: "apply" | "verify"
}

export interface HostPostgresOptions extends HostStoreOptions {
  /** The host's own pool, of `pg` or of its shape; it stays the host's to end. */
  readonly pool: HostPool
  /** Default 30 s; 0 leaves it to the server. */
  readonly statementTimeoutMs?: number
  /**
   * A file outside the database that tells a restored database from the one that sent: nothing may
   * restore it together with the database, and all processes share it. Without one, messages sent
   * after the backup are sent again.
   *
   * **Source** — delivery protocol 1.4; docs/operating/restore.md.
   */
  readonly witnessFile?: string
}

export interface HostEmbeddedOptions extends HostStoreOptions {
  /** A directory of this process alone, or `memory://`. */
  readonly directory: string
  /** `acceptance`, word by word, to send real messages from a store that a power cut may set back. */
  readonly accept?: string
}

/** On a PostgreSQL server, over the host's pool; joins a transaction the host passes. */
export const postgres = (options: HostPostgresOptions): Store => {
  if (typeof options.pool?.connect === "function") return parts.postgres(options)
  const problems = [{ path: "store.pool", message: "expected a pool of pg" }]
  throw new InputError("InputError.Invalid", "store.pool: expected a pool of pg", { problems })
}

/** In a directory of this process: survives its death, not the loss of power. */
export const embedded = (options: HostEmbeddedOptions): Store => parts.embedded(options)
