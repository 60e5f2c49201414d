/**
 * A wire between a runner and a sandbox server: real HTTP on both ends, and a place in between
 * where a test can see a request arrive, see its answer leave, and do something to either.
 *
 * **Guarantee** — what is not spoiled is passed on whole, each request once.
 */
import { createServer, type IncomingMessage, request as send, type ServerResponse } from "node:http"
import type { AddressInfo, Server } from "node:net"

/** A request that has wholly arrived. Its body may be changed before it is passed on. */
export interface Passing {
  readonly path: string
  body: Buffer
}

/** What became of it behind the wire. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage["headers"]
  readonly body: Buffer
}

/** What becomes of a request that has arrived. */
type Arrival = "pass" | "lost" | Answer

/** What the wire is told to do; by default it passes everything on at once. */
export interface WireHooks {
  /** Before a request is passed on. `"lost"`: it never is, and nobody answers; or an answer to it. */
  readonly arrived?: (passing: Passing) => Promise<Arrival> | Arrival
  /** Before an answer is passed back. `null`: none is; another answer in its place. */
  readonly answered?: (passing: Passing, answer: Answer) => Promise<Answer | null> | Answer | null
}

export interface Wire {
  readonly url: string
  /** Cuts every connection; what was passed on stays passed on. */
  readonly close: () => Promise<void>
}

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const pass = (
  upstream: string,
  { headers, method }: IncomingMessage,
  { body, path }: Passing
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { host: _host, "content-length": _length, ...kept } = headers
    const length = body.length === 0 ? {} : { "content-length": body.length }
    const sending = send(
      new URL(path, upstream),
      { method, headers: { ...kept, ...length }, agent: false },
      (response) => {
        bodyOf(response).then(
          (answer) =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: answer
            }),
          reject
        )
      }
    )
    sending.on("error", reject)
    sending.end(body)
  })

const carry = async (
  upstream: string,
  hooks: WireHooks,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> => {
  const passing: Passing = { path: request.url ?? "/", body: await bodyOf(request) }
  const arrival = (await hooks.arrived?.(passing)) ?? "pass"
  if (arrival === "lost") return
  if (arrival !== "pass") return respond(response, arrival)
  const upstreamAnswer = await pass(upstream, request, passing)
  const answer =
    hooks.answered === undefined ? upstreamAnswer : await hooks.answered(passing, upstreamAnswer)
  if (answer !== null) respond(response, answer)
}

const respond = (response: ServerResponse, answer: Answer): void => {
  // Those of one connection end with it; a body has one length.
  const {
    connection: _,
    "keep-alive": _kept,
    "transfer-encoding": _coded,
    ...headers
  } = answer.headers
  response.writeHead(answer.status, { ...headers, "content-length": answer.body.length })
  response.end(answer.body)
}

/** A port on loopback where nobody listens yet; two wires never get the same. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

/** Listens on a port (0: any) and passes on to `upstream`. */
export const open = async (upstream: string, hooks: WireHooks = {}, port = 0): Promise<Wire> => {
  const server = createServer((request, response) => {
    // A server behind the wire that resets or goes silent is passed on as a cut connection.
    carry(upstream, hooks, request, response).catch(() => response.destroy())
  })
  const listening: Server = server
  await new Promise<void>((resolve, reject) => {
    listening.once("error", reject)
    listening.listen(port, "127.0.0.1", resolve)
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
