/**
 * Text from data as a reader may safely see it: nothing hidden, nothing reordered, nothing cut.
 *
 * A customer id with a bidirectional override would show other digits than it has, and a control
 * character ends a cell or a line; both are written out instead of being dropped, so that an
 * auditor sees what the data holds.
 *
 * **Source** — product rules, Report; Unicode Standard Annex 9, section 2 (explicit controls).
 */

/** Controls, marks that show nothing or change the order, separators, and what is no character. */
const hidden = new RegExp(
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e" +
    "\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ufffe\\uffff]",
  "g"
)

const written = (character: string): string =>
  `‹U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}›`

/** Half a surrogate pair: no character at all. */
const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * The text with every hidden character and every half of a surrogate pair written out, as in
 * `‹U+202E›`. Text without any comes back as it is.
 */
export const visible = (text: string): string =>
  (text.isWellFormed() ? text : text.replace(lone, written)).replace(hidden, written)
