/**
 * Keys held outside the database.
 *
 * **Guarantee** — a key once named by an id never changes; `clientReferenceKey` is fixed per month.
 *
 * **Source** — delivery protocol 1.2 Keys; security controls, data protection.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { CalendarMonth } from "../calendar/CalendarMonth.ts"

export interface NamedKey {
  readonly id: string
  /** At least 32 bytes. */
  readonly key: Redacted.Redacted<Uint8Array>
}

export class SecretsError extends Schema.TaggedError<SecretsError>()("SecretsError", {
  reason: Schema.Literals(["Unavailable", "Missing", "Malformed"]),
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  get isRetryable(): boolean {
    return this.reason === "Unavailable"
  }
  override get message(): string {
    return `secrets: ${this.reason}: ${this.detail}`
  }
}

export class Secrets extends Context.Service<
  Secrets,
  {
    /**
     * k_ref: makes client references that a restored database makes again, and nobody can guess.
     */
    readonly clientReferenceKey: (month: CalendarMonth) => Effect.Effect<NamedKey, SecretsError>
    /** Encrypts phones and message texts at rest; by id for reading, the newest for writing. */
    readonly dataKey: (id?: string) => Effect.Effect<NamedKey, SecretsError>
  }
>()("@tidemark/core/ports/Secrets") {
  /** Two fixed keys of one seed, for tests and the demo. */
  static readonly layerMemory = (seed: Uint8Array): Layer.Layer<Secrets> => {
    const reference = { id: "memory-ref", key: Redacted.make(seed, { label: "k_ref" }) }
    const data = { id: "memory-data", key: Redacted.make(sha256(seed), { label: "k_data" }) }
    return Layer.succeed(Secrets, {
      clientReferenceKey: () => Effect.succeed(reference),
      dataKey: (id = data.id) =>
        id === data.id
          ? Effect.succeed(data)
          : Effect.fail(new SecretsError({ reason: "Missing", detail: "no data key of this id" }))
    })
  }
}
