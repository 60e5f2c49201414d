/**
 * Text as the page can show it: what the font has no letter for is written out like what cannot be
 * seen, so that two ids never look the same.
 *
 * **Source** — product rules, Report; the character map of Heebo 3.100.
 */
import { visible } from "@tidemark/core/effect"

/** Latin with its accents, Hebrew with its points, and the signs of a printed page. */
const unprintable =
  /[^ -~\u00a1-\u00ac\u00ae-\u0107\u010a-\u0113\u0116-\u011b\u011e-\u0123\u012a-\u012b\u012e-\u0133\u0139-\u013e\u0141-\u0148\u014a-\u014d\u0150-\u015b\u015e-\u0161\u0164-\u0165\u016a-\u017f\u05b0-\u05bc\u05be\u05bf\u05c1\u05c2\u05c7\u05d0-\u05ea\u05f0-\u05f4\u2013\u2014\u2018-\u201a\u201c-\u201e\u2022\u2026\u2039\u203a\u20aa\u20ac\u2122\u2212]/gu

const written = (character: string): string =>
  `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`

/** Characters of one piece of data on a page; the JSON has the rest. */
export const mostCharacters = 160

/** The text to set for a text, cut where it would fill the page. */
export const printable = (text: string): string => {
  const shown = visible(text).replaceAll("\u00a0", " ").replace(unprintable, written)
  return shown.length <= mostCharacters ? shown : `${shown.slice(0, mostCharacters - 1)}…`
}
