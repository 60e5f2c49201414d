/**
 * Pushes receipts to a webhook, signed as Standard Webhooks asks: HMAC-SHA256 over
 * `id.timestamp.body`, base64, with the secret after `whsec_`.
 *
 * Tries three times, then drops the push: polling is the second source.
 */
import { createHmac } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"

export interface WebhookOptions {
  readonly url: string
  /** `whsec_` and base64 of at least 24 bytes. */
  readonly secret: string
}

/** How one push differs from an honest one. */
export type PushFault = "wrong-signature" | "duplicate-push" | "unknown-reference" | "drop" | null

export interface WebhookPush {
  readonly push: (id: string, receipts: ReadonlyArray<unknown>, fault: PushFault) => void
  /** Resolves when every push so far was answered or given up. */
  readonly settled: () => Promise<void>
  readonly counts: { pushed: number; dropped: number }
  readonly stop: () => void
}

const attempts = 3
const timeoutMs = 5000

/** The signature header of a body. `timestamp` is in seconds of process time. */
export const sign = (secret: string, id: string, timestamp: number, body: string): string => {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64")
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`
}

export const make = (options: WebhookOptions, processNowMs: () => number): WebhookPush => {
  const counts = { pushed: 0, dropped: 0 }
  const pending = new Set<Promise<void>>()
  const stopping = new AbortController()

  const once = async (id: string, body: string, wrong: boolean): Promise<boolean> => {
    const timestamp = Math.floor(processNowMs() / 1000)
    const signature = sign(options.secret, id, timestamp, wrong ? `${body} ` : body)
    const response = await fetch(options.url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": signature
      },
      redirect: "error",
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(timeoutMs)])
    })
    await response.arrayBuffer()
    // Other 4xx are never tried again, as real carriers do.
    return response.status < 500 && response.status !== 429
  }

  const deliver = async (id: string, body: string, fault: PushFault): Promise<void> => {
    for (let attempt = 1; attempt <= attempts && !stopping.signal.aborted; attempt++) {
      const done = await once(id, body, fault === "wrong-signature").catch(() => false)
      if (done) {
        counts.pushed++
        return
      }
      if (attempt < attempts) await sleep(100 * 2 ** attempt)
    }
    counts.dropped++
  }

  const track = (work: Promise<void>): void => {
    pending.add(work)
    void work.finally(() => pending.delete(work))
  }

  return {
    counts,
    push: (id, receipts, fault) => {
      if (fault === "drop") {
        counts.dropped++
        return
      }
      const told =
        fault === "unknown-reference"
          ? receipts.map((receipt, index) => ({
              ...(receipt as object),
              reference: `other-${id}-${index}`,
              id: `other-${index}`
            }))
          : receipts
      const body = JSON.stringify({ receipts: told })
      track(deliver(id, body, fault))
      if (fault === "duplicate-push") track(deliver(id, body, null))
    },
    settled: async () => {
      while (pending.size > 0) await Promise.all(pending)
    },
    stop: () => stopping.abort()
  }
}
