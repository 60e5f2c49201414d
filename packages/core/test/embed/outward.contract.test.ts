/** The host's history, keys and ways out, held to the contracts of their ports. */
import {
  balanceHistoryContract,
  eventPublisherContract,
  operationsContract,
  secretsContract
} from "@tidemark/core/testing"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { assert, describe, it } from "vitest"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as HistoryPort from "../../src/embed/HistoryPort.ts"
import type { HostKey, HostNotice } from "../../src/embed/HostPorts.ts"
import * as OutwardPorts from "../../src/embed/OutwardPorts.ts"
import type { DomainEvent } from "../../src/events/DomainEvent.ts"
import * as Currency from "../../src/money/Currency.ts"
import { BalanceHistory, type HistoryBalance } from "../../src/ports/BalanceHistory.ts"
import { EventPublisher } from "../../src/ports/EventPublisher.ts"
import { Operations } from "../../src/ports/Operations.ts"
import { Secrets } from "../../src/ports/Secrets.ts"

const timeoutMs = 1000
const zone = "Asia/Jerusalem"

const dateOf = (text: string) => BusinessDate.parse(text) ?? assert.fail(text)

const built = <I, S>(tag: Context.Key<I, S>, layer: Layer.Layer<I>) =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, tag))

balanceHistoryContract(
  "a host's function",
  Effect.fnUntraced(function* ({ captures }) {
    const known = yield* built(BalanceHistory, BalanceHistory.layerMemory(captures))
    const monthEvidence = (request: Parameters<typeof known.monthEvidence>[0]) =>
      Effect.runPromise(known.monthEvidence(request))
    const history = HistoryPort.balanceHistory(
      {
        monthEvidence: ({ carriesFrom, month, ...request }) => {
          const from = carriesFrom === undefined ? {} : { carriesFrom: dateOf(carriesFrom) }
          return monthEvidence({ ...request, ...from, month: monthOf(month) })
        }
      },
      () => Currency.ils,
      timeoutMs
    )
    return { history }
  })
)

/** A bank's table that keeps corrections: a changed amount is the next revision. */
const tableOf = (captures: ReadonlyArray<ReadonlyArray<HistoryBalance>>) => {
  const rows: Array<HistoryBalance & { readonly revision: number }> = []
  for (const capture of captures) {
    const known = rows.slice()
    for (const balance of capture) {
      const { accountId, businessDate } = balance
      const earlier = known.filter(
        (row) => row.accountId === accountId && row.businessDate === businessDate
      )
      rows.push({ ...balance, revision: 1 + Math.max(0, ...earlier.map((row) => row.revision)) })
    }
  }
  return rows
}

/** As the bank's own query would: the month's rows, and every one before, the newest last or not. */
balanceHistoryContract("a host's own table", ({ captures }) =>
  Effect.sync(() => {
    const rows = tableOf(captures)
    const history = HistoryPort.balanceHistory(
      {
        monthBalances: ({ accountIds, last }) =>
          rows
            .filter((row) => accountIds.includes(row.accountId) && row.businessDate <= last)
            .toReversed()
      },
      () => Currency.ils,
      timeoutMs
    )
    return { history }
  })
)

const monthOf = (text: string) => CalendarMonth.of(BusinessDate.unchecked(`${text}-01`))

const out = (): never => {
  throw new Error("outage")
}

eventPublisherContract(
  "a host's function",
  Effect.fnUntraced(function* ({ outage }) {
    const received: Array<DomainEvent> = []
    const publish = (events: ReadonlyArray<DomainEvent>) => received.push(...events)
    const layer = OutwardPorts.publisherLayer(outage ? out : publish, timeoutMs)
    const publisher = yield* built(EventPublisher, layer)
    return { publisher, received: Effect.sync(() => received.slice()) }
  })
)

operationsContract(
  "a host's function",
  Effect.fnUntraced(function* ({ outage }) {
    const told = new Map<string, HostNotice>()
    const notify = (notices: ReadonlyArray<HostNotice>) => {
      for (const notice of notices) told.set(notice.escalationId, notice)
    }
    const layer = OutwardPorts.operationsLayer(outage ? out : notify, timeoutMs)
    const operations = yield* built(Operations, layer)
    return { operations, told: Effect.sync(() => [...told.values()]) }
  })
)

const keys = (given: HostKey) => ({ clientReferenceKey: () => given })
const secretsOf = (host: OutwardHost) =>
  built(Secrets, OutwardPorts.secretsLayer(host, zone, timeoutMs))

type OutwardHost = Parameters<typeof OutwardPorts.secretsLayer>[0]

secretsContract("a host's functions", ({ outage }) =>
  Effect.map(
    secretsOf(
      outage
        ? { clientReferenceKey: out, dataKey: out }
        : {
            clientReferenceKey: () => "07".repeat(32),
            dataKey: (id = "data-1") => {
              if (id === "data-1") return { id, key: new Uint8Array(32).fill(8) }
              throw Object.assign(new Error("unknown"), { retryable: false })
            }
          }
    ),
    (secrets) => ({ secrets })
  )
)

secretsContract("a host's one key", ({ outage }) =>
  Effect.map(
    secretsOf(outage ? { clientReferenceKey: out } : keys(new Uint8Array(32).fill(7))),
    (secrets) => ({ secrets })
  )
)

describe("a host's key", () => {
  const october = monthOf("2026-10")
  const asked = (given: HostKey) =>
    Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(secretsOf(keys(given)), (secrets) => secrets.clientReferenceKey(october))
      )
    )

  it("is the same as bytes and as hexadecimal, and named the same", async () => {
    const [bytes, hex] = [await asked(new Uint8Array(32).fill(7)), await asked("07".repeat(32))]
    assert.deepEqual(Redacted.value(bytes.key), Redacted.value(hex.key))
    assert.strictEqual(bytes.id, hex.id)
    assert.match(bytes.id, /^[0-9a-f]{12}$/)
  })

  it("is refused where it is short or no key at all, without being shown", async () => {
    for (const wrong of ["07".repeat(31), "a password that somebody typed in by hand", ""]) {
      const error = await asked(wrong).then(
        () => undefined,
        (cause: unknown) => cause
      )
      assert.instanceOf(error, Error)
      assert.match(String(error), /SecretsError|secrets: Malformed/)
      if (wrong !== "") assert.notInclude(String(error), wrong)
    }
  })
})
