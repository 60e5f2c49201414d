/** What stands around a page's tables: its head, its foot, and the headings between. */
import { Text, View } from "@react-pdf/renderer"
import type { ReportContents } from "@tidemark/core/effect"
import type { ReactElement } from "react"
import { element as h } from "./Client.ts"
import { printable } from "./PrintableText.ts"
import * as Styles from "./Styles.ts"
import * as Tables from "./Tables.ts"

type Contents = ReportContents.ReportContents

/**
 * A name and what has it, set apart: in one line of Hebrew the digits a hash begins with would
 * stand at the other end.
 */
const named = (
  name: string,
  value: string,
  direction: Styles.Direction,
  style: Styles.Style
): ReactElement =>
  h(
    View,
    { style: { ...direction.row } },
    h(Text, { style: { ...style, ...direction.words } }, `${name}:`),
    h(Text, { style: { ...style, paddingHorizontal: 3 } }, printable(value))
  )

/** Title, status, program and when it was issued. */
export const header = (contents: Contents, direction: Styles.Direction): ReactElement => {
  const { isFinal, issuedAt, monthName, program, status, words } = contents
  const badge = isFinal ? Styles.green : Styles.orange
  return h(
    View,
    {
      style: {
        ...direction.row,
        justifyContent: "space-between",
        alignItems: "center",
        borderBottomWidth: 2,
        borderBottomColor: Styles.ink,
        paddingBottom: 8,
        marginBottom: 12
      }
    },
    h(
      View,
      { style: { flex: 1 } },
      h(
        Text,
        { style: { fontSize: 20, fontWeight: 700, lineHeight: 1.2, ...direction.words } },
        `${words.title} · ${monthName}`
      ),
      named(words.header.program, program, direction, { color: Styles.muted })
    ),
    h(
      View,
      { style: { width: 130 } },
      h(
        Text,
        {
          style: {
            backgroundColor: badge,
            color: "#FFFFFF",
            fontWeight: 700,
            fontSize: 11,
            textAlign: "center",
            direction: direction.isRtl ? "rtl" : "ltr",
            paddingVertical: 4,
            borderRadius: 3
          }
        },
        printable(status)
      ),
      h(
        View,
        { style: { alignItems: "center", marginTop: 3 } },
        named(words.header.issuedAt, Tables.instant(issuedAt), direction, {
          color: Styles.muted,
          fontSize: 7.5
        })
      )
    )
  )
}

/** What the tables below it are about. */
export const heading = (text: string, direction: Styles.Direction): ReactElement =>
  h(
    Text,
    {
      minPresenceAhead: 60,
      style: {
        fontSize: 12,
        fontWeight: 700,
        lineHeight: 1.2,
        marginTop: 7,
        marginBottom: 5,
        ...direction.words
      }
    },
    text
  )

/** On every page: what it is a page of, the policy it stands on, and which page. */
export const footer = (contents: Contents, direction: Styles.Direction): ReactElement => {
  const { header: words, title } = contents.words
  const small = { fontSize: 6.5, color: Styles.muted }
  return h(
    View,
    {
      fixed: true,
      style: {
        ...direction.row,
        position: "absolute",
        // From the top: below, the library would measure from the foot of all pages as one.
        top: 808,
        left: 38,
        right: 38,
        justifyContent: "space-between",
        borderTopWidth: 0.5,
        borderTopColor: Styles.rule,
        paddingTop: 4
      }
    },
    h(
      Text,
      { style: { ...small, ...direction.words } },
      `${title} · ${contents.monthName} · ${printable(contents.status)}`
    ),
    named(words.policyHash, contents.policyHash, direction, small),
    h(Text, {
      style: small,
      render: ({ pageNumber, totalPages }) => `${pageNumber} / ${totalPages}`
    })
  )
}
