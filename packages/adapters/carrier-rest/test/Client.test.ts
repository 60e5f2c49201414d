import { createServer as createHttp } from "node:http"
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from "node:net"
import { Deadline } from "@tidemark/core/rules/delivery"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import * as Client from "../src/Client.ts"

const defaults = { token: null, requestTimeoutMs: 5000, connections: 1, mostAnswerBytes: 10_000 }

const request: Client.WireRequest = {
  method: "POST",
  path: "/v1/messages",
  body: '{"messages":[]}',
  mayStart: () => true
}

/** A raw server that notes every byte it is sent. */
const rawServer = async (
  onBytes: (socket: Socket, received: string) => void
): Promise<{ readonly url: string; readonly bytes: () => number; readonly close: () => void }> => {
  let bytes = 0
  const sockets = new Set<Socket>()
  const server = createTcp((socket) => {
    sockets.add(socket)
    let received = ""
    socket.on("error", () => undefined)
    socket.on("data", (chunk) => {
      bytes += chunk.length
      received += chunk.toString()
      onBytes(socket, received)
    })
  })
  const url = await listening(server)
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { url, bytes: () => bytes, close }
}

const listening = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    })
  })

const send = (url: string, change: Partial<Client.WireRequest & Client.ClientOptions> = {}) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(Client.make({ ...defaults, url, ...change }), (client) =>
        client.send({ ...request, ...change })
      )
    )
  )

const ok = (socket: Socket, status = "202 Accepted", body = "{}") =>
  socket.write(
    [
      `HTTP/1.1 ${status}`,
      "content-type: application/json",
      `content-length: ${body.length}`,
      "",
      body
    ].join("\r\n")
  )

const readClocks = (): Deadline.ClockReading => ({
  wallMs: Date.now(),
  monotonicMs: performance.now()
})

const block = (ms: number) => {
  const end = performance.now() + ms
  while (performance.now() < end);
}

const settle = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe("Client", () => {
  describe("the deadline", () => {
    it("lets not one byte out when the process stalls between the call and the write", async () => {
      const server = await rawServer((socket) => ok(socket))
      const deadline = { startedAt: readClocks(), allowedMs: 300 }
      const mayStart = () => Deadline.mayStart(deadline, readClocks())
      assert.isTrue(mayStart())
      const evidence = send(server.url, { mayStart })
      // The connection is under way; its turn to write comes only after the stall.
      block(500)
      assert.deepStrictEqual(await evidence, {
        _tag: "NotWritten",
        cause: { _tag: "DeadlinePassed" }
      })
      await settle(50)
      assert.strictEqual(server.bytes(), 0)
      server.close()
    })

    it("holds on a connection that is already open, too", async () => {
      const server = await rawServer((socket) => ok(socket))
      const program = Effect.gen(function* () {
        const client = yield* Client.make({ ...defaults, url: server.url })
        assert.strictEqual((yield* client.send(request))._tag, "Answered")
        const before = server.bytes()
        const evidence = yield* client.send({ ...request, mayStart: () => false })
        assert.strictEqual(evidence._tag, "NotWritten")
        assert.strictEqual(server.bytes(), before)
      })
      await Effect.runPromise(Effect.scoped(program))
      server.close()
    })

    it("is asked for in the turn of the write, also after a wait in the queue", async () => {
      const held: Array<Socket> = []
      const server = await rawServer((socket) => held.push(socket))
      let allowed = true
      const program = Effect.gen(function* () {
        const client = yield* Client.make({ ...defaults, url: server.url })
        const first = Effect.runPromise(client.send(request))
        yield* Effect.promise(() => settle(50))
        const second = Effect.runPromise(client.send({ ...request, mayStart: () => allowed }))
        allowed = false
        const before = server.bytes()
        ok(held[0] as Socket)
        assert.strictEqual((yield* Effect.promise(() => first))._tag, "Answered")
        assert.strictEqual((yield* Effect.promise(() => second))._tag, "NotWritten")
        assert.strictEqual(server.bytes(), before)
      })
      await Effect.runPromise(Effect.scoped(program))
      server.close()
    })
  })

  describe("nothing was written", () => {
    it("when the connection is refused", async () => {
      const server = await rawServer(() => undefined)
      server.close()
      const evidence = await send(server.url)
      assert.strictEqual(evidence._tag, "NotWritten")
    })

    it("when the name does not exist", async () => {
      const evidence = await send("http://carrier.invalid:9")
      assert.strictEqual(evidence._tag, "NotWritten")
    })

    it("when the TLS handshake fails", async () => {
      const server = await rawServer((socket) => socket.end("this is no TLS"))
      const evidence = await send(server.url.replace("http:", "https:"))
      assert.strictEqual(evidence._tag, "NotWritten")
      server.close()
    })

    it("when the wait for a free connection outlasts the time limit", async () => {
      const live = async () => {
        let posts = 0
        const server = await rawServer(() => {
          posts++
        })
        const program = Effect.gen(function* () {
          const options = { ...defaults, url: server.url, requestTimeoutMs: 150 }
          const client = yield* Client.make(options)
          const both = [client.send(request), client.send(request)]
          const [first, second] = yield* Effect.all(both, { concurrency: 2 })
          assert.deepStrictEqual(first, { _tag: "Lost", cause: { _tag: "TimedOut" } })
          // The first gave its connection up, so the second's turn comes now.
          yield* Effect.promise(() => settle(100))
          return second
        })
        const second = await Effect.runPromise(Effect.scoped(program))
        server.close()
        return { posts, second }
      }
      // On a busy machine the second's turn may come before its own limit is noticed: then it was
      // written, and must say so.
      for (let round = 0; round < 20; round++) {
        const { posts, second } = await live()
        if (posts === 2) {
          assert.deepStrictEqual(second, { _tag: "Lost", cause: { _tag: "TimedOut" } })
          continue
        }
        assert.strictEqual(posts, 1)
        assert.deepStrictEqual(second, { _tag: "NotWritten", cause: { _tag: "TimedOut" } })
        return
      }
      assert.fail("the second request was written each time")
    })
  })

  describe("the outcome is lost", () => {
    it("when the connection is cut after the request", async () => {
      const server = await rawServer((socket) => socket.destroy())
      assert.strictEqual((await send(server.url))._tag, "Lost")
      server.close()
    })

    it("when the answer is cut in half", async () => {
      const server = await rawServer((socket) => {
        socket.end("HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\n{")
      })
      assert.strictEqual((await send(server.url))._tag, "Lost")
      server.close()
    })

    it("when the body drips slower than the time limit", async () => {
      const server = await rawServer((socket) => {
        socket.write("HTTP/1.1 202 Accepted\r\ncontent-length: 1000\r\n\r\n")
        const timer = setInterval(() => socket.write(" "), 20)
        socket.on("close", () => clearInterval(timer))
      })
      const evidence = await send(server.url, { requestTimeoutMs: 200 })
      assert.deepStrictEqual(evidence, { _tag: "Lost", cause: { _tag: "TimedOut" } })
      server.close()
    })

    it("when the answer is larger than allowed", async () => {
      const server = await rawServer((socket) => ok(socket, "202 Accepted", "x".repeat(20_000)))
      const evidence = await send(server.url)
      assert.deepStrictEqual(evidence, { _tag: "Lost", cause: { _tag: "TooLarge" } })
      server.close()
    })

    it("when the peer speaks no HTTP", async () => {
      const server = await rawServer((socket) => socket.end("220 mail ready\r\n"))
      assert.strictEqual((await send(server.url))._tag, "Lost")
      server.close()
    })
  })

  it("never follows a redirect and never sends twice", async () => {
    let requests = 0
    const server = createHttp((incoming, response) => {
      requests++
      incoming.resume()
      response.writeHead(307, { location: "/v1/elsewhere" }).end()
    })
    const url = await listening(server)
    const evidence = await send(url)
    assert.strictEqual(evidence._tag === "Answered" && evidence.status, 307)
    await settle(50)
    assert.strictEqual(requests, 1)
    server.closeAllConnections()
    server.close()
  })

  it("never writes a request again whose connection died with it", async () => {
    let requests = 0
    const server = await rawServer((socket, received) => {
      requests++
      if (received.split("POST").length === 2) ok(socket)
      else socket.destroy()
    })
    const program = Effect.gen(function* () {
      const client = yield* Client.make({ ...defaults, url: server.url })
      assert.strictEqual((yield* client.send(request))._tag, "Answered")
      assert.strictEqual((yield* client.send(request))._tag, "Lost")
      yield* Effect.promise(() => settle(100))
    })
    await Effect.runPromise(Effect.scoped(program))
    assert.strictEqual(requests, 2)
    server.close()
  })

  it("skips interim answers, and keeps the path before /v1", async () => {
    let path = ""
    const server = await rawServer((socket, received) => {
      path = received.split(" ")[1] ?? ""
      socket.write("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n")
      ok(socket, "202 Accepted", '{"results":[]}')
    })
    const evidence = await send(`${server.url}/gateway/`)
    assert.deepStrictEqual(evidence, {
      _tag: "Answered",
      status: 202,
      retryAfter: null,
      text: '{"results":[]}'
    })
    assert.strictEqual(path, "/gateway/v1/messages")
    server.close()
  })
})
