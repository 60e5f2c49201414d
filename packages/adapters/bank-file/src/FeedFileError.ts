/**
 * Why a whole file cannot be read, and why one of its rows cannot.
 *
 * Guarantees that no message quotes the file: a field may be a name or a balance.
 */

/**
 * What is wrong with the file as a whole; nothing in it can be trusted.
 *
 * - `UNREADABLE` — missing, a folder, not permitted, or the disk failed
 * - `UNSUPPORTED_FORMAT` — a format that is known and not read yet, or not known
 * - `EMPTY` — no bytes, or only blank lines
 * - `NOT_TEXT` — binary, UTF-16, or a line longer than 1 MiB
 * - `MISSING_COLUMN` — a CSV header without a column that is needed, or with it twice
 * - `TRUNCATED` — compressed data ends too early
 * - `CORRUPT` — compressed data is damaged, or is none
 * - `NO_BALANCES` — rows, and not one that could be read
 * - `MALFORMED_ROW` — one bad row, in a file that must be whole
 */
export type FeedFileCode =
  | "UNREADABLE"
  | "UNSUPPORTED_FORMAT"
  | "EMPTY"
  | "NOT_TEXT"
  | "MISSING_COLUMN"
  | "TRUNCATED"
  | "CORRUPT"
  | "NO_BALANCES"
  | "MALFORMED_ROW"

/** A file that cannot be read as a whole. */
export class FeedFileError extends Error {
  override readonly name = "FeedFileError"
  readonly code: FeedFileCode
  readonly file: string
  /** From 1; absent where the problem has no line. */
  readonly line: number | undefined
  /** The message without its place. */
  readonly reason: string

  constructor(code: FeedFileCode, file: string, reason: string, line?: number) {
    super(line === undefined ? `${file}: ${reason}` : `${file}:${line}: ${reason}`)
    this.code = code
    this.file = file
    this.line = line
    this.reason = reason
  }
}

/**
 * What is wrong with one row; the others stand. `MALFORMED_ROW` is a row that cannot be taken
 * apart, the rest are the named checks of balances.
 */
export type RowCode =
  | "MALFORMED_ROW"
  | "MISSING_FIELD"
  | "MALFORMED_DATE"
  | "MALFORMED_AMOUNT"
  | "WRONG_CURRENCY"
  | "CONFLICT"

/** One row that could not be read. */
export interface RowProblem {
  readonly code: RowCode
  readonly file: string
  /** From 1, the header and blank lines counted. */
  readonly line: number
  readonly message: string
}

const isErrno = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "code" in error && typeof error.code === "string"

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EISDIR: "is a folder, not a file",
  EACCES: "not permitted",
  EPERM: "not permitted",
  EMFILE: "too many open files"
}

/** An error of the file system or of zlib as ours; ours pass; a defect stays what it is. */
export const fromForeign = (error: unknown, file: string): unknown => {
  if (error instanceof FeedFileError || !isErrno(error)) return error
  const code = error.code ?? ""
  if (code === "Z_BUF_ERROR") {
    return new FeedFileError("TRUNCATED", file, "the compressed data ends too early")
  }
  if (code.startsWith("Z_")) {
    return new FeedFileError("CORRUPT", file, "the compressed data is damaged")
  }
  if (code.startsWith("ERR_")) return error
  return new FeedFileError("UNREADABLE", file, reasons[code] ?? `cannot be read (${code})`)
}
