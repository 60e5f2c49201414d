import { connect } from "node:net"
import { assert, it } from "vitest"

/** One byte of the protocol: an SSLRequest is answered with N by a server without certificates. */
const answer = (url: URL) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(Number(url.port || 5432), url.hostname)
    socket.once("error", reject)
    socket.once("data", (data) => {
      socket.end()
      resolve(data.toString("latin1"))
    })
    socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))
  })

it("a PostgreSQL server answers, unless the run has said why there is none", async () => {
  const url = process.env["TIDEMARK_TEST_DATABASE_URL"]
  if (url === undefined) assert.isDefined(process.env["TIDEMARK_TEST_DATABASE_ABSENCE"])
  else assert.oneOf(await answer(new URL(url)), ["N", "S"])
})
