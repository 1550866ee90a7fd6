/**
 * What an audit came to: JSON for a program, and for a person a text that the auditor signs. The
 * text is a C2SP signed note, and the digest of the JSON stands in it, so that one signature covers
 * both.
 */
import { fromHex, toBase64, toHex, utf8 } from '../../crypto/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import { openNote, signNote, type NoteSigner, type NoteVerifier } from '../../crypto/note.ts'
import { TamgaError } from '../../protocol/errors.ts'
import type { AuditedLog, AuditResult } from './audit.ts'
import type { Cover } from './cover.ts'
import { LINE_CHARACTERS_MAX, REPORT_BYTES_MAX } from './limits.ts'
import type { Remark } from './remarks.ts'

const HEADER = 'tamga/audit-report/v1'
const DIGEST_LINE = /^sha256 of report\.json: ([0-9a-f]{64})$/m

export interface SignedReport {
  /** `report.txt`: a signed note. */
  readonly text: string
  /** `report.json`. */
  readonly json: string
}

export function signReport(result: AuditResult, signer: NoteSigner): SignedReport {
  const json = `${JSON.stringify(jsonOf(result), null, 2)}\n`
  return { text: signNote(textOf(result, sha256(utf8(json))), [signer]), json }
}

/**
 * What the auditor said, if they said it, and of this JSON.
 *
 * @throws InvalidNote; TamgaError `malformed`: the text is no report, `bad-proof`: the JSON is that
 *   of another one
 */
export function openReport({ text, json }: SignedReport, auditor: NoteVerifier): string {
  const opened = openNote(text, [auditor]).text
  const [, digest] = DIGEST_LINE.exec(opened) ?? []
  if (!opened.startsWith(`${HEADER}\n`) || digest === undefined) {
    throw new TamgaError('malformed', 'not the text of a report')
  }
  if (Buffer.compare(fromHex(digest), sha256(utf8(json))) === 0) return opened
  throw new TamgaError('bad-proof', 'the JSON is not the one that the text was signed with')
}

function textOf(result: AuditResult, digest: Uint8Array): string {
  const { verdict, network, epoch, sources, logs, signatures, references, remarks } = result
  const entries = logs.reduce((sum, log) => sum + log.entries, 0)
  const tiles = logs.reduce((sum, log) => sum + log.tiles, 0)
  const checkpoints = logs.reduce((sum, log) => sum + log.checkpoints, 0)
  const lines = [
    HEADER,
    `network ${network}, epoch ${epoch}, roster ${toHex(result.rosterDigest)}`,
    `read from ${sources.join(', ')} at ${timeOf(result.at)}, in ${result.ms} ms`,
    `verdict: ${VERDICTS[verdict]}`,
    `sha256 of report.json: ${toHex(digest)}`,
    '',
    ...logs.map(logLine),
    '',
    `${entries} entries, ${tiles} tiles, ${checkpoints} older or other checkpoints`,
    `${signatures} signatures in entries are good`,
    `${references.queries} queries, ${references.queriesWithoutOutcome} without an outcome, ` +
      `${references.searchedWithoutOutcome} of these searched for by another node`,
    `${references.searches} searches, ${references.candidates} candidates looked up`,
    `${result.pairs.records} people, ${result.pairs.pairs} pairs of them, ` +
      `${result.pairs.uncovered} of these not compared`,
    '',
    ...[...result.counts].map(([code, count]) => `${code}: ${count}`),
  ]
  return withRemarks(lines.map(plain), remarks)
}

const VERDICTS: Record<AuditResult['verdict'], string> = {
  good: 'nothing was found',
  finding: 'findings',
  unchecked: 'not everything could be checked, and nothing was found in the rest',
}

/** As many remarks as there is room for, the gravest first. */
function withRemarks(head: readonly string[], remarks: readonly Remark[]): string {
  const lines = [...head]
  let length = Buffer.byteLength(lines.join('\n'))
  for (const remark of remarks) {
    const line = plain(remarkLine(remark))
    length += Buffer.byteLength(line) + 1
    if (length > REPORT_BYTES_MAX) {
      lines.push('the rest stands in report.json')
      break
    }
    lines.push(line)
  }
  if (remarks.length === 0) lines.push('nothing to remark')
  return `${lines.join('\n')}\n`
}

function logLine({ log, size, root, witnessed, safe }: AuditedLog): string {
  const seen = coverText('witnessed', witnessed)
  return `${log}: ${size} entries, root ${toBase64(root)}, ${seen}, ${coverText('held', safe)}`
}

function coverText(how: string, cover: Cover | undefined): string {
  if (!cover) return `not ${how} by enough`
  const at = cover.at === undefined ? '' : ` at ${timeOf(cover.at)}`
  return `${how} up to ${cover.size} by ${cover.by.length} others${at}`
}

function remarkLine({ code, severity, log, index, message }: Remark): string {
  const where = [log, index].filter((part) => part !== undefined).join(' ')
  return `${severity} ${code}${where === '' ? '' : ` [${where}]`}: ${message}`
}

/** Names in a log are its writer's: nothing of them may break a line, or pass for a signature. */
function plain(line: string): string {
  const safe = line.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
  if (safe.length <= LINE_CHARACTERS_MAX) return safe
  return `${safe.slice(0, LINE_CHARACTERS_MAX - 1).toWellFormed()}…`
}

function jsonOf(result: AuditResult) {
  const { rosterDigest, at, logs, counts, contradictions, ...rest } = result
  return {
    format: HEADER,
    ...rest,
    at: timeOf(at),
    roster: toHex(rosterDigest),
    logs: logs.map(({ root, kinds, ...log }) => {
      return { ...log, root: toBase64(root), kinds: Object.fromEntries(kinds) }
    }),
    counts: Object.fromEntries(counts),
    contradictions: contradictions.map(({ log, kept, shown, evidence }) => {
      return { log, kept: kept.note, shown: shown.note, evidence: evidence && toBase64(evidence) }
    }),
  }
}

function timeOf(at: number): string {
  const time = new Date(at)
  return Number.isNaN(time.getTime()) ? `${at} ms` : time.toISOString()
}
