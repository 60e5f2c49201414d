/**
 * The draws of a plan: each kind of choice has its own site, so that one more choice changes no
 * other.
 *
 * **Source** — simulation, generation (swarm; independent random streams per site).
 */
import * as Seeded from "../Seeded.ts"

/** Independent draws of one run: each kind of choice has its own site. */
export const drawsOf = (seed: number) => {
  const site = (name: string) => Seeded.site(seed, name)
  return {
    below: (limit: number, name: string, n = 0) => Seeded.below(limit, site(name), n),
    /** Small numbers are as likely as large ones: 1, 2 to 3, 4 to 7 … */
    spread: (limit: number, name: string, n = 0) =>
      Math.floor(Math.exp(Seeded.fraction(site(name), n) * Math.log(limit))),
    /** A quarter of the kinds is off in a run. */
    isOn: (name: string) => Seeded.below(4, site(`on ${name}`), 0) > 0
  }
}

export type Draws = ReturnType<typeof drawsOf>

/** Faults later than the last call of a run strike nothing: short runs have fewer calls. */
export const scaled = (calls: number, part: number): number => Math.max(3, Math.ceil(calls * part))
