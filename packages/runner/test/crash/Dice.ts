/**
 * Seeded choices, each from a name of its own, so that one choice more does not change the others.
 * They repeat what a campaign does to its runners; how far those have come when it strikes is up to
 * the machine.
 */
import { Seeded } from "@tidemark/core/sandbox"

export interface Dice {
  /** From 0 to below 1. */
  readonly fraction: (name: string) => number
  readonly oneOf: <A>(name: string, choices: ReadonlyArray<A>) => A | undefined
}

/** Every throw under one name is another one. */
export const make = (seed: number): Dice => {
  const thrown = new Map<string, number>()
  const fraction = (name: string): number => {
    const nth = (thrown.get(name) ?? 0) + 1
    thrown.set(name, nth)
    return Seeded.fractionOf(Seeded.site(seed, name), String(nth))
  }
  return {
    fraction,
    oneOf: (name, choices) => choices[Math.floor(fraction(name) * choices.length)]
  }
}
