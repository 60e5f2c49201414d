/**
 * The scheduler: calls `tick`, and again when it says so. A missed call loses nothing, and two
 * instances of the service may call at once.
 */
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy
} from "@nestjs/common"
import { type Tidemark, TidemarkError } from "@tidemark/core"
import { BankClients } from "./BankModule.ts"
import { TIDEMARK } from "./tokens.ts"

const minuteMs = 60_000

@Injectable()
export class TickTimer
  implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown
{
  private readonly logger = new Logger(TickTimer.name)
  private readonly stopping = new AbortController()
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()

  constructor(
    @Inject(TIDEMARK) private readonly tidemark: Tidemark,
    @Inject(BankClients) private readonly clients: BankClients
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.work()
  }

  /** Ends the tick that runs between two batches, and begins no other. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort()
    clearTimeout(this.timer)
    await this.running
  }

  /** Lets go of the store; the pool is ended after this. */
  beforeApplicationShutdown(): Promise<void> {
    return this.tidemark.close()
  }

  private async work(): Promise<void> {
    const waitMs = await this.tick()
    if (this.stopping.signal.aborted) return
    this.timer = setTimeout(() => {
      this.running = this.work()
    }, waitMs)
  }

  /** Never waits longer than a minute: an approval makes work due that no earlier tick could see. */
  private async tick(): Promise<number> {
    const { signal } = this.stopping
    try {
      const { late, more, nextWakeAt, recheck } = await this.tidemark.tick({
        budgetMs: minuteMs,
        now: this.clients.now(),
        signal
      })
      if (late.length > 0) this.logger.warn(`${late.length} pieces of work are late`)
      if (more) return 0
      if (recheck) return 1000
      return Math.min(minuteMs, Math.max(1000, Date.parse(nextWakeAt) - Date.now()))
    } catch (error) {
      if (!signal.aborted) {
        this.logger.error(error instanceof TidemarkError ? error.code : "tick failed")
      }
      return minuteMs
    }
  }
}
