/** What deeds bring to light, as JSON Schema: for each path its own result. */
import { ROLES } from '../../protocol/credential.ts'
import { FINDINGS, REFERENCE_BYTES, WATCH_CAUSES } from '../../protocol/deed.ts'
import { AGE_BANDS, CITIZENSHIPS, SEXES } from '../../protocol/rules/application.ts'
import { DOCUMENTS, LIFE_STATUSES } from '../../protocol/rules/eligibility.ts'
import { STANDINGS, TAKEN_AS } from '../../protocol/rules/policy.ts'
import { REASONS } from '../../protocol/rules/reasons/reason.ts'
import { ACCESS_KINDS } from '../../protocol/rules/touched.ts'
import { candidate } from './answer-schemas.ts'
import {
  bytes,
  caseId,
  count,
  date,
  flag,
  handle,
  hex,
  leaf,
  list,
  name,
  object,
  officer,
  oneOf,
  reasons,
  text,
  time,
  type Schema,
} from './schemas.ts'

const status = oneOf(LIFE_STATUSES)
const until = { ...date, description: 'Last day of a postponement or an exemption.' }

const taken = object({
  policy: text,
  verdict: oneOf(TAKEN_AS),
  citizenship: oneOf(CITIZENSHIPS),
  sex: oneOf(SEXES),
  ageBand: oneOf(AGE_BANDS),
})

const step = object(
  {
    leaf,
    at: time,
    type: text,
    status: { ...status, description: 'Afterwards.' },
    policy: { ...text, description: 'Under which law.' },
    by: list(
      object({
        organisation: name,
        role: oneOf(ROLES),
        purpose: text,
        legalBasis: text,
      }),
    ),
    void: { ...oneOf(REASONS), description: 'Why it does not count; absent if it does.' },
  },
  ['void'],
)

const watch = oneOf(WATCH_CAUSES, 'Why posts look out for the person.')

const personStatus = object(
  {
    status,
    since: time,
    compared: {
      ...flag,
      description: 'Whether the record was compared with all others: before, none is confirmed.',
    },
    holds: { ...list(text), description: 'What keeps the person suspended.' },
    until,
    fine: { ...count, description: 'Owed for refusals, tenths of the monthly calculation index.' },
    documents: list(
      object({
        document: oneOf(DOCUMENTS),
        reference: hex(REFERENCE_BYTES, 'Under which the issuer finds it.'),
        at: time,
      }),
    ),
    taken: { ...taken, description: 'Of the last enrolment.' },
    standing: oneOf(STANDINGS, 'What has become of the enrolment under the law of today.'),
    watch,
    case: caseId,
    history: list(step),
  },
  ['until', 'taken', 'standing', 'watch', 'case'],
)

const opened = {
  id: caseId,
  kind: oneOf(['duplicate', 'identification']),
  subject: { ...handle, description: 'Who was enrolled; absent where it is about nobody.' },
  openedAt: time,
  region: { ...name, description: 'Whose adjudicators have it first.' },
}

const caseFile = object(
  {
    ...opened,
    threshold: count,
    candidates: list(candidate),
    opinions: {
      ...list(
        object({
          officer,
          role: oneOf(ROLES),
          candidate: handle,
          finding: oneOf(FINDINGS),
          at: time,
        }),
      ),
      description: 'While it is open, those on candidates on whom the reader has given theirs.',
    },
    secondExaminer: { ...flag, description: 'Whether two have to agree.' },
    needsExpert: { ...flag, description: 'Whether only a forensic examiner can go on.' },
    resolution: oneOf(['open', ...FINDINGS]),
  },
  ['subject', 'threshold'],
)

const caseQueue = object({
  cases: list(
    object(
      {
        ...opened,
        candidates: { ...count, description: 'How many the search named.' },
        deadline: time,
        overdue: flag,
        level: { ...count, description: 'Whose turn: region, any region, forensic examiners.' },
      },
      ['subject'],
    ),
  ),
})

const pageFields = {
  network: text,
  node: name,
  at: time,
  offset: { ...count, description: 'Rows on the pages before.' },
  total: { ...count, description: 'Rows on all pages.' },
  frontier: {
    ...list(object({ log: name, size: count })),
    description: 'What was looked through.',
  },
  unheard: {
    ...list(name),
    description: 'Logs of which accesses may be missing: nobody who keeps their records answered.',
  },
}

const record = {
  ...count,
  description: 'Of an access record: its place in the batch that is the entry at `index`.',
}

const place = { log: name, index: count, record, leaf }

const accesses = object({
  ...pageFields,
  handle,
  accesses: list(
    object(
      {
        ...place,
        at: time,
        kind: oneOf(ACCESS_KINDS),
        by: list(
          object({ organisation: name, role: oneOf(ROLES), purpose: text, legalBasis: text }),
        ),
      },
      ['record'],
    ),
  ),
})

const breach = object({
  ...pageFields,
  officer,
  from: time,
  to: time,
  acts: list(
    object(
      {
        ...place,
        at: time,
        what: text,
        handles: list(handle),
        case: caseId,
        extent: oneOf(
          ['these', 'unknown'],
          '`unknown`: a search without an outcome, or a copy of logs.',
        ),
      },
      ['record', 'case'],
    ),
  ),
})

const signedPage = { ...bytes, description: 'The page as the node signed it, with its proofs.' }

const alarm = object(
  {
    at: time,
    kind: text,
    officer: object({ name, organisation: name }),
    log: name,
    index: count,
    record,
  },
  ['record'],
)

export const RESULTS = {
  done: object({ status, until, case: caseId }, ['status', 'until', 'case']),
  status: personStatus,
  inspection: object({ status, watch }, ['status', 'watch']),
  eligibility: object({ eligible: flag, reasons }),
  accesses: object({ list: accesses, proof: signedPage }),
  'case-file': caseFile,
  'case-queue': caseQueue,
  breach: object({ report: breach, proof: signedPage }),
  alarms: object({ alarms: list(alarm) }),
  'log-copy': object({ until: time }),
  resolution: object({ handle }),
  release: object(
    { iin: { ...text, description: 'Absent where the person was not brought in: ask there.' } },
    ['iin'],
  ),
} as const satisfies Record<string, Schema>
