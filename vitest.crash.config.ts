import { configDefaults, defineConfig } from "vitest/config"
import everyday from "./vitest.config.ts"

/** Real processes, killed and paused: minutes, so a command and a CI step of their own. */
export default defineConfig({
  ...everyday,
  test: {
    ...everyday.test,
    include: ["packages/**/test/**/*.crash.test.ts"],
    exclude: configDefaults.exclude
  }
})
