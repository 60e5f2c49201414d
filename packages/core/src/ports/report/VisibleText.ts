/**
 * Text from data as a reader may safely see it: nothing hidden, nothing reordered, nothing cut.
 *
 * A customer id with a bidirectional override would show other digits than it has, and a control
 * character ends a cell or a line; both are written out instead of being dropped, so that an auditor
 * sees what the data holds.
 *
 * **Source** — product rules, Report; Unicode Standard Annex 9, section 2 (explicit controls).
 */

/** Controls, marks that show nothing or change the order, separators, and what is no character. */
const hidden =
  // eslint-disable-next-line no-control-regex -- these are the characters to be shown
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/g

const shown = (character: string): string => {
  const code = character.charCodeAt(0)
  if (code === 0xfffd) return character
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return "\u2421"
  return `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`
}

/**
 * The text with every hidden character written out: control pictures such as `␍` for C0 controls,
 * `‹U+202E›` for marks, `\uFFFD` for half a surrogate pair. Text without any comes back as it is.
 */
export const visible = (text: string): string => text.toWellFormed().replace(hidden, shown)
