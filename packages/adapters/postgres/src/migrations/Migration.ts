/** One forward step of the schema: a list of single statements, never edited once released. */
export interface Migration {
  /** From 1, without gaps. */
  readonly version: number
  readonly name: string
  readonly statements: ReadonlyArray<string>
}
