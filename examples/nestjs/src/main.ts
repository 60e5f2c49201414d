import { NestFactory } from "@nestjs/core"
import { AppModule } from "./AppModule.ts"

const app = await NestFactory.create(AppModule)
// SIGTERM closes the application in order: requests, ticks, the program, the pool.
app.enableShutdownHooks()
await app.listen(process.env["PORT"] ?? 3000)
