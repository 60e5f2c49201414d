/**
 * What the PDF renderer may be told. The only file of this package that would read configuration;
 * there is nothing in the environment to read.
 *
 * **Source** — product rules, Report.
 */
import { fileURLToPath } from "node:url"

/** How documents are set. */
export interface ReportPdfOptions {
  /** The program named as the file's author. */
  readonly creator: string
  /** TrueType files with Latin and Hebrew letters. */
  readonly regularFont: string
  readonly boldFont: string
}

/** Everything that has a default: Heebo, under the Open Font License, which has both scripts. */
export const defaults = (): ReportPdfOptions => ({
  creator: "Tidemark",
  regularFont: fileURLToPath(
    import.meta.resolve("@expo-google-fonts/heebo/400Regular/Heebo_400Regular.ttf")
  ),
  boldFont: fileURLToPath(import.meta.resolve("@expo-google-fonts/heebo/700Bold/Heebo_700Bold.ttf"))
})

/** The options with defaults for what is left out. */
export const options = (given: Partial<ReportPdfOptions> = {}): ReportPdfOptions => ({
  ...defaults(),
  ...given
})
