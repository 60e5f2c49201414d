/**
 * A text file as it streams by: bytes, decompression, whole lines.
 *
 * Guarantees that memory does not grow with the file and that a file that is no text, or ends too
 * early, is a `FeedFileError`.
 */
import { createReadStream, promises } from "node:fs"
import { pipeline } from "node:stream"
import { TextDecoder } from "node:util"
import { createGunzip } from "node:zlib"
import { FeedFileError, fromForeign } from "./FeedFileError.ts"

/** Measured: larger chunks are no faster, and quoted files then need twice the memory. */
const chunkBytes = 32 * 1024
/** A longer line is no row of ours, and would otherwise grow until memory ends. */
const longestLine = 1024 * 1024

const utf16 = (chunk: Uint8Array): boolean =>
  (chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff)

/** Control characters, and the mark of bytes that are no UTF-8. */
// oxlint-disable-next-line no-control-regex -- telling text from binary is the purpose
const notText = /[\u0000-\u0008\u000e-\u001f\ufffd]/

/** Lines that came together. */
export interface LineBlock {
  /** Number of the first line, from 1. */
  readonly first: number
  /** Without their line feeds; a carriage return before one is kept. */
  readonly lines: ReadonlyArray<string>
  /** Nothing comes after. The last block may be without lines. */
  readonly final: boolean
  /** How much of the file, as it lies on the disk, is behind it; 0 to 1. */
  readonly done: number
}

/**
 * The lines of a file. The byte order mark of UTF-8 is dropped; bytes that are no UTF-8 become
 * U+FFFD, except in the first line: a file that begins so is no text.
 *
 * **Errors** — throws a `FeedFileError`: `UNREADABLE`, `EMPTY` (no bytes), `NOT_TEXT`, `TRUNCATED`,
 * `CORRUPT`.
 */
export const blocks = async function* (
  file: string,
  signal?: AbortSignal
): AsyncGenerator<LineBlock> {
  try {
    yield* lineBlocks(file, signal)
  } catch (error) {
    throw fromForeign(error, file)
  }
}

/** How much of the file has been read. */
interface Progress {
  bytes: number
}

const sizeOf = async (file: string): Promise<number> => {
  const found = await promises.stat(file)
  if (!found.isFile()) {
    const reason = found.isDirectory() ? "is a folder, not a file" : "not a regular file"
    throw new FeedFileError("UNREADABLE", file, reason)
  }
  if (found.size === 0) throw new FeedFileError("EMPTY", file, "the file is empty")
  return found.size
}

const chunksOf = async function* (
  file: string,
  signal: AbortSignal | undefined,
  progress: Progress
): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file, { highWaterMark: chunkBytes, signal })
  for await (const chunk of source) {
    const bytes: Uint8Array = chunk
    progress.bytes += bytes.length
    yield bytes
  }
}

const isGzip = (chunk: Uint8Array): boolean => chunk[0] === 0x1f && chunk[1] === 0x8b

/** The chunks, decompressed where the first begins as gzip does. */
const plain = async function* (
  chunks: AsyncGenerator<Uint8Array>,
  file: string
): AsyncGenerator<Uint8Array> {
  const first = await chunks.next()
  if (first.done === true) return
  const all = async function* () {
    yield first.value
    yield* chunks
  }
  if (!isGzip(first.value)) {
    if (/\.gz$/i.test(file)) {
      await chunks.return(undefined)
      throw new FeedFileError("CORRUPT", file, "named .gz, but not gzip data")
    }
    yield* all()
    return
  }
  const gunzip = createGunzip({ chunkSize: chunkBytes })
  // The iteration rethrows whatever the callback is told.
  pipeline(all, gunzip, () => undefined)
  for await (const chunk of gunzip) {
    const bytes: Uint8Array = chunk
    yield bytes
  }
}

const lineBlocks = async function* (
  file: string,
  signal: AbortSignal | undefined
): AsyncGenerator<LineBlock> {
  const size = await sizeOf(file)
  const progress: Progress = { bytes: 0 }
  const decoder = new TextDecoder("utf-8")
  let rest = ""
  let first = 1
  for await (const chunk of plain(chunksOf(file, signal, progress), file)) {
    if (first === 1 && rest === "" && utf16(chunk)) {
      throw new FeedFileError("NOT_TEXT", file, "UTF-16 text; save it as UTF-8", 1)
    }
    const text = rest + decoder.decode(chunk, { stream: true })
    const end = text.lastIndexOf("\n")
    rest = end === -1 ? text : text.slice(end + 1)
    if (first === 1) refuseBinary(file, text)
    if (rest.length > longestLine) {
      throw new FeedFileError("NOT_TEXT", file, "a line longer than 1 MiB", first)
    }
    if (end === -1) continue
    const lines = text.slice(0, end).split("\n")
    yield { first, lines, final: false, done: Math.min(1, progress.bytes / size) }
    first += lines.length
  }
  rest += decoder.decode()
  if (first === 1) refuseBinary(file, rest)
  yield { first, lines: rest === "" ? [] : [rest], final: true, done: 1 }
}

const refuseBinary = (file: string, text: string): void => {
  const end = text.indexOf("\n")
  if (notText.test(end === -1 ? text : text.slice(0, end))) {
    throw new FeedFileError("NOT_TEXT", file, "not a text file", 1)
  }
}
