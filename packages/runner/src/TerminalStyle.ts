/**
 * Colour for people at a terminal. Whatever is coloured also differs in shape or words: nothing is
 * lost in a pipe, under NO_COLOR, or to who cannot tell colours apart.
 */
import type { Writable } from "node:stream"
import { styleText } from "node:util"

/** The colours in use, by what they are for. */
export type Colour = "green" | "cyan" | "red" | "yellow" | "magenta" | "bold" | "dim"

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string

/** No colour. */
export const plain: Paint = (_, text) => text

/** Colours where the stream is a terminal and neither NO_COLOR nor its kind forbids it. */
export const on =
  (stream: Writable): Paint =>
  (colour, text) =>
    styleText(colour, text, { stream })
