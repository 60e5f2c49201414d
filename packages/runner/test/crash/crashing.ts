/**
 * `serve` for several months at once in one process, each with its own settings, with places at
 * which it says that it has come there and waits: to be killed with all its months, or to be woken
 * by `SIGUSR2` after a sleep. Production code has no such places.
 *
 * Argument: a file with the lives to live. Lines on stdout name the month they are about.
 */
import { ProgramStore, SmsCarrier } from "@tidemark/core/effect"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { readFileSync } from "node:fs"
import { serveOver } from "../../src/commands/ServeHandler.ts"
import * as Composition from "../../src/Composition.ts"
import { capabilitiesOf } from "./CarrierClass.ts"
import type { Life, Point, Said } from "./Life.ts"
import { month } from "./Settings.ts"

const lives: ReadonlyArray<Life> = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"))

const say = (said: Said): void => {
  process.stdout.write(`${JSON.stringify(said)}\n`)
}

const woken = new Promise<void>((resolve) => process.once("SIGUSR2", () => resolve()))

/** Waits at its point, the first time it comes there. */
const placesOf = ({ name, point }: Life) => {
  let reached = false
  return (here: Point): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (reached || point !== here) return Effect.void
      reached = true
      say({ name, _tag: "Reached", point: here })
      return Effect.promise(() => woken)
    })
}

const storeOf = (life: Life, at: (here: Point) => Effect.Effect<void>) =>
  Layer.effect(
    ProgramStore,
    Effect.map(ProgramStore, (store) => {
      /** Fences under which the carrier was asked, not told. */
      const asked = new Set<unknown>()
      let told = ""
      const states = Effect.map(store.monthFigures({ month }), ({ states }) => {
        const text = JSON.stringify(states)
        if (text !== told) say({ name: life.name, _tag: "States", states })
        told = text
      })
      return ProgramStore.of({
        ...store,
        mark: (input) =>
          at("claimed").pipe(
            Effect.andThen(store.mark(input)),
            Effect.tap(({ marked }) => (marked.length > 0 ? at("marked") : Effect.void))
          ),
        claimUnresolved: (input) =>
          Effect.tap(store.claimUnresolved(input), ({ fence }) =>
            Effect.sync(() => asked.add(fence))
          ),
        recordEvidence: (input) =>
          Effect.andThen(
            at(asked.has(input.fence) ? "decided" : "answered"),
            store.recordEvidence(input)
          ),
        ledger: (input) => Effect.tap(store.ledger(input), states)
      })
    })
  )

const carrierOf = ({ carrierClass, name }: Life) =>
  Layer.effect(
    SmsCarrier,
    Effect.map(SmsCarrier, (carrier) => {
      const { maxBatch, ratePerSecond } = carrier.capabilities
      return SmsCarrier.of({
        ...carrier,
        capabilities: { ...capabilitiesOf(carrierClass), maxBatch, ratePerSecond },
        submit: (batch) =>
          Effect.tap(carrier.submit(batch), (outcomes) =>
            Effect.sync(() =>
              say({ name, _tag: "Submitted", outcomes: outcomes.map(({ _tag }) => _tag) })
            )
          )
      })
    })
  )

const live = (life: Life): Promise<void> => {
  const at = placesOf(life)
  const out = {
    line: () => undefined,
    json: (line: unknown) => say({ name: life.name, _tag: "Line", line }),
    drain: () => Promise.resolve()
  }
  return serveOver(
    { roles: life.roles, businessClock: Option.some(life.clock) },
    { json: true, configFile: life.config, out, signal: new AbortController().signal },
    (settings) =>
      Layer.merge(storeOf(life, at), carrierOf(life)).pipe(
        Layer.provideMerge(Composition.layer(settings))
      )
  )
}

await Promise.all(lives.map(live))
