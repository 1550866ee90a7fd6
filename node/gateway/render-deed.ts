/**
 * What a deed brought to light, as JSON: never a template, and never more than was asked for.
 * Lists that a node signs are rendered for reading, and handed over as they were signed.
 */
import { toBase64, toHex } from '../../crypto/bytes.ts'
import { openAccessList, type AccessList } from '../../protocol/access-list.ts'
import { openBreachReport, type BreachReport } from '../../protocol/breach-report.ts'
import type { PlacedLeaf } from '../../protocol/covered-log.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Life, LifeStep } from '../../protocol/rules/life.ts'
import type { Recorded } from '../acts/acts.ts'
import type { PersonStatus, Reading } from '../acts/reader.ts'
import type { Case, WaitingCase } from '../registry/cases.ts'
import { renderCandidate, renderProven, renderReasons } from './render.ts'

export function renderRecorded({ entry, index, reading }: Recorded, roster: Roster) {
  return { index, ...renderProven(entry), result: renderReading(reading, roster) }
}

function renderReading(reading: Reading, roster: Roster): object {
  switch (reading.of) {
    case 'status':
      return renderStatus(reading.status)
    case 'inspection':
      return reading.status ? renderStanding(reading.status) : {}
    case 'eligibility': {
      const { eligible, reasons } = reading.eligibility
      return { eligible, reasons: renderReasons(reasons) }
    }
    case 'accesses':
      return { list: renderAccesses(reading.list, roster), proof: toBase64(reading.list) }
    case 'breach':
      return { report: renderBreach(reading.report, roster), proof: toBase64(reading.report) }
    case 'case-file':
      return renderCase(reading.file)
    case 'case-queue':
      return { cases: reading.cases.map(renderWaiting) }
    case 'alarms':
      return { alarms: reading.alarms }
    case 'log-copy':
      return { until: reading.until }
    case 'resolution':
      return { handle: reading.handle && toHex(reading.handle) }
    case 'release':
      return { iin: reading.iin }
    case 'done':
    default:
      return reading.life ? renderDone(reading.life) : {}
  }
}

function renderDone({ status, until, case: last }: Life) {
  return { status, until, case: status === 'suspended' && last ? toHex(last.id) : undefined }
}

/** What a post has to know, and nothing more. */
function renderStanding({ life: { status }, watch }: PersonStatus) {
  return { status, watch }
}

function renderStatus({ life, standing, watch }: PersonStatus) {
  const { since, isCompared, holds, fine, documents, taken, history } = life
  return {
    ...renderDone(life),
    since,
    compared: isCompared,
    holds,
    fine,
    documents: documents.map(({ document, reference, at }) => {
      return { document, reference: toHex(reference), at }
    }),
    taken,
    standing,
    watch,
    history: history.map(renderStep),
  }
}

function renderStep({ leaf, by, ...step }: LifeStep) {
  return {
    ...step,
    leaf: toHex(leaf),
    by: by.map(({ organisation, role, purpose, legalBasis }) => {
      return { organisation, role, purpose, legalBasis }
    }),
  }
}

function renderCase(file: Case) {
  const { candidates, opinions, threshold, secondExaminer, needsExpert, resolution } = file
  return {
    ...renderOpened(file),
    threshold,
    candidates: candidates.map(renderCandidate),
    opinions: opinions.map(({ officer, candidate, ...opinion }) => {
      return { ...opinion, officer: toBase64(officer), candidate: toHex(candidate) }
    }),
    secondExaminer,
    needsExpert,
    resolution,
  }
}

function renderWaiting({ routing, candidates, ...opened }: WaitingCase) {
  const { deadline, overdue, level } = routing
  return { ...renderOpened(opened), candidates: candidates.length, deadline, overdue, level }
}

function renderOpened({
  id,
  kind,
  subject,
  openedAt,
  region,
}: Pick<Case, 'id' | 'kind' | 'subject' | 'openedAt' | 'region'>) {
  return { id: toHex(id), kind, subject: subject && toHex(subject), openedAt, region }
}

function renderAccesses(encoded: Uint8Array, roster: Roster) {
  const list = openAccessList(encoded, (node) => keyOf(roster, node))
  return {
    ...renderPage(list),
    handle: toHex(list.handle),
    accesses: list.accesses.map((access) => {
      const { at, kind, by } = access
      return { ...renderPlace(access), at, kind, by }
    }),
  }
}

function renderBreach(encoded: Uint8Array, roster: Roster) {
  const report = openBreachReport(encoded, (node) => keyOf(roster, node))
  const { officer, from, to, acts } = report
  return {
    ...renderPage(report),
    officer: toBase64(officer),
    from,
    to,
    acts: acts.map((act) => {
      const { at, what, handles, case: about, extent } = act
      const named = { handles: handles.map(toHex), case: about && toHex(about) }
      return { ...renderPlace(act), at, what, ...named, extent }
    }),
  }
}

function renderPage(page: AccessList | BreachReport) {
  const { network, node, at, offset, total, frontier, unheard } = page
  const covered = frontier.map(({ node: log, size }) => ({ log, size }))
  return { network, node, at, offset, total, frontier: covered, unheard }
}

function renderPlace({ log, index, record, leaf }: PlacedLeaf) {
  return { log, index, record, leaf: toHex(leaf) }
}

/** A list that this node has just signed names a node of the roster. */
function keyOf({ nodes }: Roster, node: string): Uint8Array {
  return nodes.find(({ name }) => name === node)!.publicKey
}
