/**
 * A byte stream whose other end is an embedded PGlite: the PostgreSQL client speaks its wire
 * protocol to it as it would to a socket.
 *
 * One session only, because PGlite is a single-user PostgreSQL: the client keeps one connection.
 */
import { Duplex } from "node:stream"

/** The one method of PGlite that is used, and its mutual exclusion. */
export interface WireProtocol {
  readonly runExclusive: <T>(work: () => Promise<T>) => Promise<T>
  readonly execProtocolRawStream: (
    message: Uint8Array,
    options: { readonly onRawData: (data: Uint8Array) => void }
  ) => Promise<void>
}

/** PostgreSQL, message formats: CancelRequest is 16 bytes, its code in the second word. */
const cancelRequestLength = 16
const cancelRequestCode = 80_877_102

/** Opens a session. A cancel request, which comes on a connection of its own, is taken and ends. */
export const pgliteDuplex = (database: WireProtocol): Duplex =>
  new Duplex({
    allowHalfOpen: false,
    read() {},
    write(chunk: Buffer, _encoding, done) {
      if (chunk.length === cancelRequestLength && chunk.readInt32BE(4) === cancelRequestCode) {
        this.push(null)
        done()
        return
      }
      const onRawData = (data: Uint8Array) => {
        // PGlite reuses its buffer: what is pushed must be a copy.
        this.push(Buffer.from(data))
      }
      database
        .runExclusive(() => database.execProtocolRawStream(new Uint8Array(chunk), { onRawData }))
        // A macrotask per frame: with microtasks alone timers and sockets of the host starve.
        .then(() => setImmediate(done), done)
    },
    final(done) {
      this.push(null)
      done()
    }
  })
