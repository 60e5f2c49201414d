/** A figure with the words that make it checkable. */

/** `ratio` is `null` when nothing was counted. */
export interface Rate {
  readonly formula: string
  readonly numerator: number
  readonly denominator: number
  readonly ratio: number | null
}

/** `formula` names what is divided: `"numerator / denominator"`. */
export const make = (formula: string, numerator: number, denominator: number): Rate => ({
  formula,
  numerator,
  denominator,
  ratio: denominator === 0 ? null : numerator / denominator
})
