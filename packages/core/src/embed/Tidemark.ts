/**
 * The program as a host calls it: plain promises over one runtime that is built once.
 *
 * **Source** — architecture, Embedding.
 */
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Amending from "./Amending.ts"
import * as Composition from "./Composition.ts"
import * as OpenChecks from "./OpenChecks.ts"
import * as Operating from "./Operating.ts"
import * as Reading from "./Reading.ts"
import { makeRunner, type Runner } from "./Running.ts"
import type { OpenOptions, Tidemark as Program_ } from "./TidemarkTypes.ts"
import * as Working from "./Working.ts"

/** A program that is open. */
export type Tidemark = Program_

/** Where a host begins: `Tidemark.open`. */
export const Tidemark: { readonly open: (options: OpenOptions) => Promise<Tidemark> } = {
  /**
   * Opens the program: checks what it was given, migrates or verifies the store, asks nobody else.
   *
   * **Errors**, first match wins — `PolicyError`, or `InputError` where more than the policies is
   * wrong, with every problem at once; `RefusedError.RealCarrier`: this store forgets what was
   * sent; `StoreError`.
   */
  open: async (options) => {
    const policies = OpenChecks.checked(options)
    const runtime = ManagedRuntime.make(Composition.layer(options, policies))
    const runner = makeRunner(runtime)
    try {
      await runner.run(Effect.void)
    } catch (error) {
      await runner.close()
      throw error
    }
    return methods(runner)
  }
}

const methods = ({ close, run }: Runner): Tidemark => ({
  tick: (options) => run(Working.tick(options ?? {}), options),
  capture: (date, options) => run(Working.capture(date, options), options),
  redecide: (month, customerIds, options) =>
    run(Working.redecide(month, customerIds, options), options),
  approve: (approval, options) => run(Operating.approve(approval, options), options),
  explain: (customerId, month, options) => run(Reading.explain(customerId, month), options),
  report: (month, options) => run(Reading.report(month, options), options),
  months: (options) => run(Reading.months(options), options),
  receipts: (receipts, options) => run(Working.receipts(receipts, options), options),
  suppress: (suppression, options) => run(Operating.suppress(suppression, options), options),
  unsuppress: (suppression, options) => run(Operating.unsuppress(suppression, options), options),
  correct: (correction, options) => run(Amending.correct(correction, options), options),
  declareClosure: (closure, options) => run(Amending.declareClosure(closure, options), options),
  waive: (waiver, options) => run(Amending.waive(waiver, options), options),
  grant: (grant, options) => run(Amending.grant(grant, options), options),
  confirm: (confirmation, options) => run(Amending.confirm(confirmation, options), options),
  proposals: (options) => run(Amending.proposals(options), options),
  pause: ({ by, kill }, options) =>
    run(Operating.setPause(kill === true ? "killed" : "paused", by, options), options),
  resume: ({ by }, options) => run(Operating.setPause("none", by, options), options),
  close,
  [Symbol.asyncDispose]: close
})
