/**
 * Keys of the settings, or kept in a directory beside the embedded store, where they are made at
 * the first start.
 *
 * **Guarantee** — a key file is written once, readable by its owner only, and never replaced: a
 * lost key would make every client reference a stranger to the carrier.
 *
 * **Source** — delivery protocol 1.2, Keys; security controls, data protection.
 */
import { Secrets, SecretsError } from "@tidemark/core/effect"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createHash, randomBytes } from "node:crypto"
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const keyBytes = 32

export interface KeySource {
  readonly clientReference: Redacted.Redacted | undefined
  readonly data: Redacted.Redacted | undefined
  /** Where missing keys are made; `undefined`: a missing key is an error. */
  readonly directory: string | undefined
}

/** Both keys, read once at start. */
export const layer = (source: KeySource): Layer.Layer<Secrets, SecretsError> =>
  Layer.effect(
    Secrets,
    Effect.gen(function* () {
      const clientReference = yield* keyOf("client-reference", source.clientReference, source)
      const data = yield* keyOf("data", source.data, source)
      return Secrets.of({
        clientReferenceKey: () => Effect.succeed(clientReference),
        dataKey: (id) =>
          id === undefined || id === data.id
            ? Effect.succeed(data)
            : Effect.fail(missing(`the data key ${id} is not configured`))
      })
    })
  )

const missing = (detail: string): SecretsError => new SecretsError({ reason: "Missing", detail })

const keyOf = (
  name: string,
  given: Redacted.Redacted | undefined,
  { directory }: KeySource
): Effect.Effect<Named, SecretsError> =>
  Effect.suspend(() => {
    if (given !== undefined) return named(name, Redacted.value(given))
    if (directory === undefined) {
      return Effect.fail(missing(`no ${name} key: set Secrets in the settings`))
    }
    return Effect.flatMap(
      Effect.try({
        try: () => keptIn(directory, name),
        catch: () => missing(`the ${name} key cannot be read or made in ${directory}`)
      }),
      (hex) => named(name, hex)
    )
  })

/**
 * The key file's text; made at the first start. It is written under another name and linked: of two
 * processes that start at once one makes the key, and neither ever reads half of one.
 */
const keptIn = (directory: string, name: string): string => {
  const file = join(directory, `${name}.key`)
  if (!existsSync(file)) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const made = `${file}.${process.pid}`
    writeFileSync(made, randomBytes(keyBytes).toString("hex"), { mode: 0o600 })
    try {
      linkSync(made, file)
    } catch (error) {
      if (!existsSync(file)) throw error
    } finally {
      rmSync(made)
    }
  }
  return readFileSync(file, "utf8").trim()
}

interface Named {
  readonly id: string
  readonly key: Redacted.Redacted<Uint8Array>
}

/** The id names the key without telling it: the start of a hash over it. */
const named = (name: string, hex: string): Effect.Effect<Named, SecretsError> => {
  if (!/^([0-9a-fA-F]{2}){32,}$/.test(hex)) {
    const detail = `the ${name} key must be at least 32 bytes in hexadecimal`
    return Effect.fail(new SecretsError({ reason: "Malformed", detail }))
  }
  const bytes = new Uint8Array(Buffer.from(hex, "hex"))
  const id = createHash("sha256").update("tidemark key id").update(bytes).digest("hex").slice(0, 12)
  return Effect.succeed({ id, key: Redacted.make(bytes, { label: name }) })
}
