/**
 * Speaks PDF through @react-pdf/renderer; knows elements, fonts and pages, and nothing of reports.
 *
 * **Guarantee** — nothing is loaded from anywhere but the two font files; the same element and date
 * are the same bytes.
 *
 * **Source** — ISO 32000-2; reference of @react-pdf/renderer 4.
 */
import { Document, type DocumentProps, Font, Page, renderToBuffer, Text } from "@react-pdf/renderer"
import * as DateTime from "effect/DateTime"
import { createElement, type FunctionComponent, type ReactElement, type ReactNode } from "react"

/** An element with its children in order: no JSX, no keys. */
export const element = <Props extends object>(
  type: FunctionComponent<Props> | (new (props: Props) => React.Component<Props>),
  props: Props,
  ...children: ReadonlyArray<ReactNode>
): ReactElement<Props> => createElement(type as FunctionComponent<Props>, props, ...children)

/**
 * The family name of a pair of fonts, ready to be set in: the library keeps fonts for the process,
 * by name, so each pair has its own.
 */
export const familyOf = (regular: string, bold: string): Promise<string> => {
  const pair = `${regular}\n${bold}`
  const known = families.get(pair)
  if (known !== undefined) return known
  const family = `Tidemark Report ${families.size + 1}`
  Font.register({
    family,
    fonts: [
      { src: regular, fontWeight: 400 },
      { src: bold, fontWeight: 700 }
    ]
  })
  // A word is never divided: Hebrew is not, and a divided code is another code.
  Font.registerHyphenationCallback((word) => [word])
  const ready = setAlphabet(family).then(() => family)
  families.set(pair, ready)
  return ready
}

const families = new Map<string, Promise<string>>()

/** Letters that others are drawn with: `é` with `e`, `í` with `ı`, `«` with `‹`. */
const parts = `${String.fromCharCode(...Array.from({ length: 95 }, (_, n) => 0x20 + n))}ı‹›¨´¸·ˆ˜`

/**
 * Sets the letters that are parts of others, each once by itself. The font library remembers a
 * letter as it met it first; met first as a part of another, it would be drawn, but be no character
 * to whoever copies or searches the text.
 */
const setAlphabet = (family: string): Promise<Uint8Array> => {
  const line = (fontWeight: number) =>
    element(Text, { style: { fontFamily: family, fontWeight } }, parts)
  return bytes(element<DocumentProps>(Document, {}, element(Page, {}, line(400), line(700))))
}

/** The instant as the library wants it. */
export const dateOf = (instantMs: number): Date =>
  DateTime.toDateUtc(DateTime.makeUnsafe(instantMs))

/** The file's bytes. */
export const bytes = (document: ReactElement<DocumentProps>): Promise<Uint8Array> =>
  renderToBuffer(document)
