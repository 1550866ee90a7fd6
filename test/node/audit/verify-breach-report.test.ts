import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { hashLeaf } from '../../../crypto/hash.ts'
import {
  completeBreachReport,
  verifyBreachReport,
} from '../../../node/audit/verify-breach-report.ts'
import {
  signBreachReport,
  type BreachAct,
  type BreachReport,
} from '../../../protocol/breach-report.ts'
import { LIST_ROWS_MAX } from '../../../protocol/signed-list.ts'
import { codeOf } from '../../protocol/support/codec-promises.ts'
import { codeOf as rejectionOf } from '../log/support/test-disk.ts'
import {
  act,
  enrolment,
  FoldedNode,
  handleOf,
  keyOf,
  MONDAY,
  officer,
  outcome,
  query,
  refused,
  roster,
  type Written,
} from '../registry/support/folding.ts'

const promises = suite('a breach report')

const registrar = officer('registrar', 'enrolment-officer')
const stolen = officer('stolen', 'forensic-examiner')
const judge = officer('judge', 'adjudicator')

const FORENSIC = { purpose: 'criminal-investigation' }
const CASE = { purpose: 'adjudication' }
const HOUR = 3_600_000
const [aigul, bolat] = ['aigul', 'bolat'].map(handleOf) as [Uint8Array, Uint8Array]

const PERIOD = { officer: stolen.grant.publicKey, from: MONDAY, to: MONDAY + HOUR }

const search = query(stolen, { ...FORENSIC, at: MONDAY + 4 })
const lost = query(stolen, { ...FORENSIC, at: MONDAY + 5 })
const verified = query(stolen, { ...FORENSIC, handle: aigul, at: MONDAY + 6 })
const before = query(stolen, { ...FORENSIC, handle: bolat, at: MONDAY - 1 })

const WRITTEN: Written = {
  almaty: [
    ...enrolment(registrar, 'aigul', 'almaty'),
    before,
    verified,
    refused(stolen, 'role-may-not', { handle: bolat, at: MONDAY + 7 }),
  ],
  astana: [search, lost, outcome(search, ['bolat', 'aigul'], MONDAY + 4)],
  shymkent: [
    act([stolen], { type: 'case-file', case: hashLeaf(search) }, { ...CASE, at: MONDAY + 8 }),
    act([judge], { type: 'case-queue' }, CASE),
  ],
}

let node: FoldedNode

promises.before(async () => {
  node = await FoldedNode.open(WRITTEN)
})

promises.after(() => node.close())

promises('names what a key did in a period, and whom it touched', async () => {
  const { acts, total } = await report()
  is(total, 6)
  equal(acts.map(described), [
    'almaty 5 verify: aigul',
    'almaty 6 refused: bolat',
    'astana 1 identify: ',
    'astana 2 identify: ',
    'astana 3 outcome: bolat aigul',
    'shymkent 1 case-file: ',
  ])
})

promises('names the searches that may have touched anybody', async () => {
  const { acts } = await report()
  const unknown = acts.filter(({ extent }) => extent === 'unknown')
  equal(unknown.map(described), ['astana 2 identify: '])
})

promises('names the case that was read, where its people are named', async () => {
  const read = (await report()).acts.find(({ what }) => what === 'case-file')!
  equal(read.case, hashLeaf(search))
})

promises('is complete, whatever the period', async () => {
  for (const [from, to, total] of [
    [MONDAY, MONDAY + HOUR, 6],
    [0, MONDAY, 1],
    [MONDAY + 5, MONDAY + 7, 2],
    [MONDAY + HOUR, MONDAY + HOUR, 0],
  ] as const) {
    const found = await completed(await report(from, to))
    equal(found, { isComplete: true, total, missing: [], invented: [], changed: [], unread: [] })
  }
})

promises('is refused whichever byte of it is changed', async () => {
  const encoded = await node.reports.breachReport(PERIOD, { at: MONDAY + HOUR })
  for (let place = 0; place < encoded.length; place += 5) {
    const changed = encoded.with(place, encoded[place]! ^ 1)
    ok(
      codeOf(() => verifyBreachReport(changed, roster)),
      `byte ${place}`,
    )
  }
})

const REFUSED: Record<string, (found: BreachReport) => Partial<BreachReport>> = {
  'two acts change places': ({ acts: [a, b, ...rest] }) => ({ acts: [b!, a!, ...rest] }),
  'an act stands there twice': ({ acts: [a, ...rest] }) => ({ acts: [a!, a!, ...rest], total: 7 }),
  'an act is of another period': ({ acts: [a, ...rest] }) => ({
    acts: [{ ...a!, at: MONDAY - 1 }, ...rest],
  }),
  'a leaf is another one': ({ acts: [a, b, ...rest] }) => ({
    acts: [{ ...a!, leaf: b!.leaf }, b!, ...rest],
  }),
  'an act is beyond what it covers': ({ frontier }) => ({
    frontier: frontier.map((log) => ({ ...log, size: 1 })),
  }),
  'it is an empty page of a longer report': () => ({ acts: [] }),
  'it is of another network': () => ({ network: 'other.registry.kz' }),
}

for (const [what, change] of Object.entries(REFUSED)) {
  promises(`is refused when ${what}, although its node signed it`, async () => {
    const found = await report()
    const encoded = signBreachReport({ ...found, ...change(found) }, keyOf('almaty'))
    is(
      codeOf(() => verifyBreachReport(encoded, roster)),
      'bad-proof',
    )
  })
}

promises('that leaves out any one act is caught by the logs', async () => {
  const found = await report()
  for (const [place, { log, index }] of found.acts.entries()) {
    const acts = found.acts.toSpliced(place, 1)
    const missing = await completed(resigned({ ...found, acts, total: acts.length }))
    equal([missing.isComplete, missing.total, missing.missing], [false, 6, [{ log, index }]])
  }
})

const SAID_OTHERWISE: Record<string, [row: number, (found: BreachAct) => Partial<BreachAct>]> = {
  'leaves out a person': [4, ({ handles }) => ({ handles: handles.slice(1) })],
  'names another person': [0, () => ({ handles: [handleOf('somebody')] })],
  'calls an act by another name': [0, () => ({ what: 'status' })],
  'says that a lost search touched nobody': [3, () => ({ extent: 'these' })],
  'leaves out the case': [5, () => ({ case: undefined })],
  'gives another time': [0, ({ at }) => ({ at: at + 1 })],
}

for (const [what, [row, change]] of Object.entries(SAID_OTHERWISE)) {
  promises(`that ${what} is caught by the logs`, async () => {
    const found = await report()
    const acts = found.acts.with(row, { ...found.acts[row]!, ...change(found.acts[row]!) })
    const { log, index } = acts[row]!
    const { isComplete, changed } = await completed(resigned({ ...found, acts }))
    equal([isComplete, changed], [false, [{ log, index }]])
  })
}

promises('that lays the act of another officer to its own is caught by the logs', async () => {
  const found = await report()
  const asked = { officer: judge.grant.publicKey, from: 0, to: MONDAY + HOUR }
  const encoded = await node.reports.breachReport(asked, { at: MONDAY + HOUR })
  const acts = [...found.acts, ...verifyBreachReport(encoded, roster).acts]
  const { isComplete, invented } = await completed(resigned({ ...found, acts, total: 7 }))
  equal([isComplete, invented], [false, [{ log: 'shymkent', index: 2 }]])
})

promises('is held only against the logs that it was made from', async () => {
  const found = await report()
  const logs = await node.logs()
  const short = new Map(logs).set('astana', logs.get('astana')!.slice(0, -1))
  is(await rejectionOf(completed(found, short)), 'not-found')
  const other = new Map(logs).set('astana', logs.get('astana')!.toReversed())
  is(await rejectionOf(completed(found, other)), 'bad-proof')
})

promises('longer than a page comes in pages, each proven and each complete', async () => {
  const count = LIST_ROWS_MAX + 3
  const asked = Array.from({ length: count }, (_, i) => {
    return query(stolen, { ...FORENSIC, handle: aigul, at: MONDAY + i })
  })
  const long = await FoldedNode.open({ almaty: asked, astana: [], shymkent: [] })
  try {
    const logs = await long.logs()
    for (const [offset, length] of [
      [0, LIST_ROWS_MAX],
      [LIST_ROWS_MAX, 3],
    ] as const) {
      const encoded = await long.reports.breachReport(PERIOD, { at: MONDAY, offset })
      const page = verifyBreachReport(encoded, roster)
      equal([page.offset, page.total, page.acts.length], [offset, count, length])
      is((await completed(page, logs)).isComplete, true)
    }
  } finally {
    await long.close()
  }
})

promises.run()

async function report(from = MONDAY, to = MONDAY + HOUR): Promise<BreachReport> {
  const encoded = await node.reports.breachReport({ ...PERIOD, from, to }, { at: MONDAY + HOUR })
  return verifyBreachReport(encoded, roster)
}

/** What a node that lies about its logs would send, and any reader with the roster would take. */
function resigned(found: BreachReport): BreachReport {
  return verifyBreachReport(signBreachReport(found, keyOf('almaty')), roster)
}

async function completed(found: BreachReport, logs?: Map<string, Uint8Array[]>) {
  const sources = { logs: logs ?? (await node.logs()), roster }
  return completeBreachReport(found, sources)
}

function described({ log, index, what, handles }: BreachAct): string {
  const names = handles.map((handle) => (Buffer.compare(handle, aigul) === 0 ? 'aigul' : 'bolat'))
  return `${log} ${index} ${what}: ${names.join(' ')}`
}
