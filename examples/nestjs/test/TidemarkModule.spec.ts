/**
 * The bank's own tests, in the bank's own Jest: with the store in memory, and on PostgreSQL where
 * DATABASE_URL names one.
 */
import type { INestApplication } from "@nestjs/common"
import { Test } from "@nestjs/testing"
import { memory, type Tidemark } from "@tidemark/core"
import { AppModule } from "../src/AppModule.ts"
import { BankClients } from "../src/BankModule.ts"
import { STORE, TIDEMARK } from "../src/tokens.ts"

const stores = process.env["DATABASE_URL"] === undefined ? ["memory"] : ["memory", "PostgreSQL"]

describe.each(stores)("the bank's service on %s", (store) => {
  let app: INestApplication
  let url: string

  beforeAll(async () => {
    const building = Test.createTestingModule({ imports: [AppModule] })
    if (store === "memory") building.overrideProvider(STORE).useValue(memory())
    const testing = await building.compile()
    app = testing.createNestApplication({ logger: false })
    await app.listen(0, "127.0.0.1")
    url = await app.getUrl()
  }, 60_000)

  const get = async (path: string) => {
    const response = await fetch(url + path)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  it("ticks by itself until the month is decided", async () => {
    const tidemark = app.get<Tidemark>(TIDEMARK)
    const { now } = { now: "2026-10-05T06:00:00.000Z" }
    let status: string | undefined
    while (status === undefined || status === "open" || status === "complete") {
      await new Promise((resolve) => setTimeout(resolve, 20))
      status = (await tidemark.months({ now })).find(({ month }) => month === "2026-09")?.status
    }
    expect(["decided", "released"]).toContain(status)
  }, 60_000)

  it("explains a customer's month", async () => {
    const { body, status } = await get("/customers/C-0000001/months/2026-09")
    expect(status).toBe(200)
    expect(body).toMatchObject({ customerId: "C-0000001", outcome: "NotQualified" })
  })

  it("answers what cannot be answered by a code", async () => {
    expect(await get("/customers/C-0000001/months/2026-13")).toMatchObject({
      status: 400,
      body: { code: "InputError.Invalid" }
    })
    expect(await get("/customers/nobody/months/2026-09")).toMatchObject({
      status: 404,
      body: { code: "UNKNOWN_CUSTOMER_MONTH" }
    })
  })

  it("closes the program with the application", async () => {
    const tidemark = app.get<Tidemark>(TIDEMARK)
    const { sandbox } = app.get(BankClients)
    await app.close()
    await expect(tidemark.tick()).rejects.toMatchObject({ code: "ClosedError.Closed" })
    expect(sandbox.audit().duplicates).toBe(0)
  })
})
