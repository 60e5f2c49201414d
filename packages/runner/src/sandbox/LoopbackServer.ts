/**
 * A small HTTP server for the sandbox, on loopback, that can also fail below HTTP.
 *
 * `node:http` and not effect/http: a script wants answers cut in half, connections reset and
 * requests left hanging, which are the socket's business, and thousands of small requests a second.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { SandboxReply } from "@tidemark/core/sandbox"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** A request as a handler sees it; `body` is undefined where it is no JSON. */
export interface SandboxRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
}

export type SandboxHandler = (
  request: SandboxRequest
) => SandboxReply.Reply<unknown> | Promise<SandboxReply.Reply<unknown>>

export interface LoopbackOptions {
  /** 0: any free port. */
  readonly port: number
  /** Every request outside `/sandbox` must carry it; `null`: none is asked for. */
  readonly token: string | null
  /** Status of an ordinary answer to a POST, by path; 200 where absent. */
  readonly statuses?: Readonly<Record<string, number>>
}

/** Requests above this size are refused with 413 and never handled. */
const mostBodyBytes = 8 * 1024 * 1024

/** Listens until the scope closes; open connections are cut then. */
export const start = (
  options: LoopbackOptions,
  handler: SandboxHandler
): Effect.Effect<{ readonly url: string }, Error, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () => listen(options, handler),
      catch: (cause) => new Error(`sandbox: cannot listen on port ${options.port}`, { cause })
    }),
    ({ server }) => Effect.promise(() => close(server))
  ).pipe(
    Effect.map(({ server }) => {
      // A server that listens on a TCP port has a TCP address.
      const { port } = server.address() as AddressInfo
      return { url: `http://127.0.0.1:${port}` }
    })
  )

const listen = (options: LoopbackOptions, handler: SandboxHandler) =>
  new Promise<{ readonly server: Server }>((resolve, reject) => {
    const server = createServer((request, response) => {
      answer(options, handler, request, response).catch(() => response.destroy())
    })
    server.keepAliveTimeout = 30_000
    server.once("error", reject)
    server.listen(options.port, "127.0.0.1", () => resolve({ server }))
  })

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const refused = (status: number, code: string): SandboxReply.Reply<never> => ({
  _tag: "Status",
  status,
  code,
  retryAfterSeconds: null
})

const answer = async (
  options: LoopbackOptions,
  handler: SandboxHandler,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> => {
  const chunks: Array<Buffer> = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size <= mostBodyBytes) chunks.push(chunk as Buffer)
  }
  const url = new URL(request.url ?? "/", "http://sandbox")
  const path = url.pathname
  const open = options.token === null || path.startsWith("/sandbox/")
  let reply: SandboxReply.Reply<unknown>
  if (size > mostBodyBytes) reply = refused(413, "TOO_LARGE")
  else if (!open && request.headers.authorization !== `Bearer ${options.token}`) {
    reply = refused(401, "UNAUTHORIZED")
  } else {
    const body = readJson(Buffer.concat(chunks))
    const method = request.method ?? "GET"
    reply = await handler({ method, path, query: url.searchParams, body })
  }
  send(reply, options.statuses?.[path] ?? 200, request, response)
}

const readJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8"))
  } catch {
    return undefined
  }
}

const send = (
  reply: SandboxReply.Reply<unknown>,
  success: number,
  request: IncomingMessage,
  response: ServerResponse
): void => {
  switch (reply._tag) {
    case "Silence":
      // Held until the client or the end of the scope cuts it.
      return
    case "Reset":
      request.socket.resetAndDestroy()
      return
    case "Status": {
      const retryAfter = reply.retryAfterSeconds
      response.writeHead(reply.status, {
        "content-type": "application/json",
        ...(retryAfter === null ? {} : { "retry-after": String(retryAfter) })
      })
      response.end(JSON.stringify({ code: reply.code }))
      return
    }
    case "Answer": {
      if (reply.cut === "unreadable") {
        response.writeHead(success, { "content-type": "text/html" })
        response.end("<html><body>All is well</body></html>")
        return
      }
      const body = Buffer.from(JSON.stringify(reply.body))
      response.writeHead(success, {
        "content-type": "application/json",
        "content-length": body.length
      })
      if (reply.cut === "no") response.end(body)
      else response.write(body.subarray(0, body.length >> 1), () => request.socket.destroy())
    }
  }
}
