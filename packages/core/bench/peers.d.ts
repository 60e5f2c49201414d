/** What the benchmark asks of a peer that ships no types. */
declare module "split-sms" {
  const splitSms: {
    readonly split: (message: string) => { readonly parts: ReadonlyArray<unknown> }
  }
  export default splitSms
}
