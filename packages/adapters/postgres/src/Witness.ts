/**
 * The external witness: a small file outside the database that knows which life of it is ours. It
 * must lie where a restore of the database does not put it back as well.
 *
 * **Source** — delivery protocol 1.4.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { promises as files } from "node:fs"
import { type Incarnation, ProgramStoreError } from "./Core.ts"

/** What the file holds. */
const Written = Schema.Struct({
  program: Schema.String,
  systemIdentifier: Schema.String,
  timeline: Schema.Int,
  number: Schema.Int
})

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Written))

export interface Witness {
  /** `undefined` where there is no file yet. */
  readonly read: Effect.Effect<Incarnation.Incarnation | undefined, ProgramStoreError>
  /** Whole or not at all: written beside, synced, renamed. */
  readonly write: (incarnation: Incarnation.Incarnation) => Effect.Effect<void, ProgramStoreError>
}

const failed = (file: string, problem: string, cause: unknown): ProgramStoreError =>
  new ProgramStoreError({
    reason: "Restored",
    detail: `the witness file ${file} ${problem}: nothing is sent until it can be compared`,
    cause
  })

const isAbsent = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ENOENT"

/** The witness of a program in a file. */
export const inFile = (file: string, program: string): Witness => ({
  read: Effect.tryPromise({
    try: () =>
      files.readFile(file, "utf8").catch((cause: unknown) => {
        if (isAbsent(cause)) return undefined
        throw cause
      }),
    catch: (cause) => failed(file, "cannot be read", cause)
  }).pipe(
    Effect.flatMap((text) =>
      text === undefined
        ? Effect.succeed(undefined)
        : Effect.mapError(decode(text), (cause) => failed(file, "is damaged", cause))
    ),
    Effect.flatMap((written) =>
      written === undefined || written.program === program
        ? Effect.succeed(written)
        : Effect.fail(failed(file, `is of program ${written.program}`, undefined))
    )
  ),
  write: ({ number, systemIdentifier, timeline }) =>
    Effect.tryPromise({
      try: async () => {
        const beside = `${file}.${process.pid}.new`
        const handle = await files.open(beside, "w", 0o600)
        try {
          const text = JSON.stringify({ program, systemIdentifier, timeline, number })
          await handle.writeFile(`${text}\n`)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await files.rename(beside, file)
      },
      catch: (cause) => failed(file, "cannot be written", cause)
    })
})
