/** A carrier in a process of its own, to be killed: prints its address and waits for its end. */
import * as Effect from "effect/Effect"
import { startCarrier } from "../../src/sandbox/Carrier.ts"

const logFile = process.argv[2] ?? ""

const program = Effect.gen(function* () {
  const running = yield* startCarrier({
    logFile,
    nowMs: 1_791_180_000_000,
    script: [{ on: "receipt", kind: "duplicate", every: 3 }]
  })
  process.stdout.write(`${running.url}\n`)
  return yield* Effect.never
})

await Effect.runPromise(Effect.scoped(program))
