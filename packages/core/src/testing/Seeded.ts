/**
 * Choices of the models, computed from a seed and the place of the choice instead of drawn from a
 * stream: asking in another order, or not asking, changes no other answer.
 *
 * **Source** — product rules, simulation: independent random streams per site.
 */

/** FNV-1a over UTF-16 units, then the finaliser of MurmurHash3; 32 bits, not cryptographic. */
const finalise = (value: number): number => {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** A site's own seed, from the seed of the run and the site's name. Compute it once per site. */
export const site = (seed: number, name: string): number => {
  let hash = 0x811c9dc5 ^ seed
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  }
  return finalise(hash)
}

/** A whole number from 0 to 2^32 - 1 for a pair of whole numbers at a site. */
export const at = (siteSeed: number, first: number, second = 0): number =>
  finalise(finalise(siteSeed ^ Math.imul(first, 0x9e3779b1)) ^ Math.imul(second + 1, 0x85ebca77))

/** A fraction from 0 (included) to 1 (excluded). */
export const fraction = (siteSeed: number, first: number, second = 0): number =>
  at(siteSeed, first, second) / 4_294_967_296

/** A whole number from 0 to `limit` - 1. */
export const below = (limit: number, siteSeed: number, first: number, second = 0): number =>
  Math.floor(fraction(siteSeed, first, second) * limit)

/** A fraction for a text at a site, for choices that belong to a reference. */
export const fractionOf = (siteSeed: number, text: string): number =>
  site(siteSeed, text) / 4_294_967_296
