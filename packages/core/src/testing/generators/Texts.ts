/**
 * Texts whose size on the air is worth asking about: every one of them stands at, or one beside, a
 * limit of TS 23.040, or is made of runs that make a careless cut fall into a character.
 *
 * By the batch, from one seed: generating a character at a time would cost more than what is
 * tested. What is known of a character here (its units) is written out, not asked of the code.
 */
import fc from "fast-check"
import * as Seeded from "../Seeded.ts"

/** Characters of one encoding: those of one unit, and those of two that must not be cut. */
interface Alphabet {
  readonly ones: ReadonlyArray<string>
  readonly twos: ReadonlyArray<string>
  /** Units that fill one, two and three messages. */
  readonly limits: ReadonlyArray<number>
}

/** Septets of TS 23.038: at least one character of every row of the default table. */
const gsm7: Alphabet = {
  ones: Array.from("@£\n\rΔ_ΩÆß !'?¡AZÄ§¿azäüà0:"),
  twos: Array.from("\f^{}\\[~]|€"),
  limits: [153, 160, 306, 459]
}

/** UTF-16 units; the first character keeps the whole text out of GSM-7. */
const ucs2: Alphabet = {
  ones: Array.from("אשжç₪\u200f\u05b8\ud800\udfffa€[ "),
  twos: Array.from("\u{1f310}\u{10000}\u{10ffff}"),
  limits: [67, 70, 134, 201]
}

/** Lone surrogates only make a text of their own: beside one another they would be a pair. */
const wellFormed: Alphabet = { ...ucs2, ones: ucs2.ones.filter((one) => one.isWellFormed()) }

type Draw = (below: number) => number

const drawing = (seed: number): Draw => {
  let turn = 0
  return (below) => Seeded.below(below, seed, turn++)
}

const pick = (from: ReadonlyArray<string>, draw: Draw): string => from[draw(from.length)] ?? ""

/** Up to eight runs of one character each: short, or long enough to cross a limit. */
const runs = (alphabet: Alphabet, draw: Draw): string => {
  let text = ""
  for (let left = draw(8); left > 0; left--) {
    const character = pick(draw(3) === 0 ? alphabet.twos : alphabet.ones, draw)
    text += character.repeat([1, 2, 3, 60 + draw(25), 145 + draw(20)][draw(5)] ?? 1)
  }
  return text
}

/** A text of exactly a limit's units, or one or two beside it, its last characters of two units. */
const atLimit = (alphabet: Alphabet, draw: Draw): string => {
  const units = (alphabet.limits[draw(alphabet.limits.length)] ?? 0) - 2 + draw(5)
  let text = ""
  let used = 0
  const add = (character: string, cost: number): void => {
    text += character
    used += cost
  }
  for (let left = draw(20); left > 0; left--) add(pick(alphabet.ones, draw), 1)
  for (let left = draw(20); left > 0; left--) add(pick(alphabet.twos, draw), 2)
  const last = draw(4)
  const filler = pick(draw(4) === 0 ? alphabet.twos : alphabet.ones, draw)
  const cost = alphabet.twos.includes(filler) ? 2 : 1
  const times = Math.max(0, Math.floor((units - used - 2 * last) / cost))
  add(filler.repeat(times), times * cost)
  for (let left = last; left > 0; left--) add(pick(alphabet.twos, draw), 2)
  return used < units ? text + pick(alphabet.ones, draw) : text
}

const textOf = (draw: Draw): string => {
  const alphabet = [gsm7, gsm7, gsm7, wellFormed, wellFormed, ucs2][draw(6)] ?? gsm7
  return draw(5) < 3 ? atLimit(alphabet, draw) : runs(alphabet, draw)
}

/**
 * Batches of texts for `SmsSegments`: most at a limit or beside it, some empty, some with half a
 * surrogate pair. One seed makes one batch, so a failure is repeated by fast-check's seed; a batch
 * does not shrink: name the text in the assertion.
 */
export const smsTexts = (count: number): fc.Arbitrary<ReadonlyArray<string>> =>
  fc
    .noShrink(fc.integer())
    .map((seed) =>
      Array.from({ length: count }, (_, index) => textOf(drawing(Seeded.at(seed, index))))
    )
