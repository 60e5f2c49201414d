/** A process of its own that holds the lock of a data directory until it is killed. */
import * as Effect from "effect/Effect"
import { acquire } from "../src/EmbeddedLock.ts"

// A lock and an effect that never ends keep no process alive.
setInterval(() => {}, 60_000)

await Effect.runPromise(
  Effect.scoped(
    Effect.andThen(
      acquire(process.argv[2] ?? ""),
      Effect.andThen(
        Effect.sync(() => process.stdout.write("locked\n")),
        Effect.never
      )
    )
  )
)
