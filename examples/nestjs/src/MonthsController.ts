/** "Why did I not get it?", for the bank's own people. */
import {
  Controller,
  Get,
  HttpException,
  HttpStatus,
  Inject,
  NotFoundException,
  Param,
  Res
} from "@nestjs/common"
import { type Explanation, InputError, type Tidemark, TidemarkError } from "@tidemark/core"
import type { ServerResponse } from "node:http"
import { TIDEMARK } from "./tokens.ts"

@Controller("customers/:customer/months")
export class MonthsController {
  constructor(@Inject(TIDEMARK) private readonly tidemark: Tidemark) {}

  /** A client that goes away ends its question. */
  @Get(":month")
  async explain(
    @Param("customer") customer: string,
    @Param("month") month: string,
    @Res({ passthrough: true }) response: ServerResponse
  ): Promise<Explanation> {
    const gone = new AbortController()
    response.once("close", () => gone.abort())
    const explained = await this.tidemark
      .explain(customer, month, { signal: gone.signal })
      .catch(toHttp)
    if (explained === null) throw new NotFoundException({ code: "UNKNOWN_CUSTOMER_MONTH" })
    return explained
  }
}

/** The code is what a caller may rely on; what is retryable says so by its status. */
const toHttp = (error: unknown): never => {
  if (!(error instanceof TidemarkError)) throw error
  const { code, problems, retryable } = error
  const status =
    error instanceof InputError
      ? HttpStatus.BAD_REQUEST
      : retryable
        ? HttpStatus.SERVICE_UNAVAILABLE
        : HttpStatus.CONFLICT
  throw new HttpException({ code, problems }, status, { cause: error })
}
