/** Ids made here: unique for ever, so that a restored database never gives one out again. */
import { randomBytes } from "node:crypto"

const letters = "0123456789abcdefghjkmnpqrstvwxyz"

/** Ten letters and digits that people can read to each other: 50 random bits. */
export const short = (): string =>
  Array.from(randomBytes(10), (byte) => letters[byte & 31] ?? "").join("")

const drawnBytes = 4_096
let drawn = randomBytes(drawnBytes)
let taken = 0

/** Random bytes, each given out once: drawn together, because every draw has its price. */
const fresh = (count: number): Buffer => {
  if (taken + count > drawnBytes) {
    drawn = randomBytes(drawnBytes)
    taken = 0
  }
  taken += count
  return drawn.subarray(taken - count, taken)
}

/** A UUID of version 7 (RFC 9562, 5.7): begins with the instant, so that new keys lie together. */
export const uuid = (ms: number): string => {
  const bytes = fresh(16)
  bytes.writeUIntBE(ms, 0, 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString("hex")
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20)
  ].join("-")
}
