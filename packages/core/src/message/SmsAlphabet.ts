/**
 * The GSM 7-bit default alphabet and its extension table.
 *
 * Guarantees one answer to "what does this UTF-16 unit cost": 1 septet (default table), 2 septets
 * (extension table, sent as ESC and a code), or 0: not in the alphabet, so the whole text is UCS-2.
 * National language tables are left out on purpose: a receiver that does not know them shows other
 * letters (TS 23.038 annex C.3), and there is none for Hebrew, Arabic or Russian.
 *
 * **Source** — 3GPP TS 23.038 clause 6.2.1 (default alphabet), 6.2.1.1 (extension table)
 */

/** ESC, the septet that announces a code of the extension table; never a character of a text. */
export const ESCAPE = 0x1b

/** The 128 characters of the default table in code order; position 0x1B is the escape itself. */
const DEFAULT_TABLE =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

/** Code and character of each entry of the extension table. */
const EXTENSION_TABLE: ReadonlyArray<readonly [code: number, character: string]> = [
  [0x0a, "\f"],
  [0x14, "^"],
  [0x28, "{"],
  [0x29, "}"],
  [0x2f, "\\"],
  [0x3c, "["],
  [0x3d, "~"],
  [0x3e, "]"],
  [0x40, "|"],
  [0x65, "€"]
]

/**
 * Cost in septets of each of the 65,536 UTF-16 units, as `septets` gives it.
 *
 * A table, so that a loop over a million messages looks up without a call, branch or allocation.
 */
export const SEPTETS: ArrayLike<number> = septetTable()

/** Cost × 256 + code of each unit; 0 where the unit is outside the alphabet. */
const ENTRIES: Uint16Array = entryTable()

const EXTENDED: ReadonlyMap<number, string> = new Map(EXTENSION_TABLE)

/**
 * The septets a UTF-16 unit costs: 0 outside GSM-7, 1 default table, 2 extension table.
 *
 * What is no UTF-16 unit costs 0: it is outside GSM-7 too.
 *
 * **Source** — 3GPP TS 23.038 clauses 6.2.1 and 6.2.1.1
 */
export const septets = (unit: number): number => SEPTETS[unit] ?? 0

/**
 * Decides whether every character of a text is in the default or the extension table.
 *
 * A raw U+001B is not text and answers `false`.
 *
 * **Source** — 3GPP TS 23.038 clause 6.2.1
 */
export const isGsm7 = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    if (septets(text.charCodeAt(at)) === 0) return false
  }
  return true
}

/**
 * The septets of a text, one per octet and unpacked, as SMPP `data_coding` 0 carries them.
 *
 * **Outcomes, first match wins**
 * 1. `undefined` — a character is outside the alphabet
 * 2. the octets, each 0–127
 *
 * **Source** — 3GPP TS 23.038 clauses 6.2.1 and 6.2.1.1
 */
export const encode = (text: string): Uint8Array | undefined => {
  const octets = new Uint8Array(text.length * 2)
  let length = 0
  for (let at = 0; at < text.length; at++) {
    const entry = ENTRIES[text.charCodeAt(at)]
    if (!entry) return undefined
    if (entry >= 0x200) octets[length++] = ESCAPE
    octets[length++] = entry & 0x7f
  }
  return octets.slice(0, length)
}

/**
 * The text of unpacked septets, as a handset shows it.
 *
 * An escape before a code the extension table does not define shows the default character of that
 * code; a doubled or final escape shows a space. The top bit of each octet is ignored.
 *
 * **Source** — 3GPP TS 23.038 clause 6.2.1.1, notes 1 and 3
 */
export const decode = (octets: Uint8Array): string => {
  let text = ""
  let escaped = false
  for (const octet of octets) {
    const code = octet & 0x7f
    if (escaped) {
      text += code === ESCAPE ? " " : (EXTENDED.get(code) ?? DEFAULT_TABLE.charAt(code))
      escaped = false
    } else if (code === ESCAPE) escaped = true
    else text += DEFAULT_TABLE.charAt(code)
  }
  return escaped ? `${text} ` : text
}

function septetTable(): Uint8Array {
  const table = new Uint8Array(0x1_0000)
  for (let code = 0; code < DEFAULT_TABLE.length; code++) {
    if (code !== ESCAPE) table[DEFAULT_TABLE.charCodeAt(code)] = 1
  }
  for (const [, character] of EXTENSION_TABLE) table[character.charCodeAt(0)] = 2
  return table
}

function entryTable(): Uint16Array {
  const table = new Uint16Array(0x1_0000)
  for (let code = 0; code < DEFAULT_TABLE.length; code++) {
    if (code !== ESCAPE) table[DEFAULT_TABLE.charCodeAt(code)] = 0x100 + code
  }
  for (const [code, character] of EXTENSION_TABLE) table[character.charCodeAt(0)] = 0x200 + code
  return table
}
