import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { completeAccessList, verifyAccessList } from '../../../node/audit/verify-access-list.ts'
import { signAccessList, type Access, type AccessList } from '../../../protocol/access-list.ts'
import { WATCH_HELD_MS } from '../../../protocol/rules/touched.ts'
import { LIST_ROWS_MAX } from '../../../protocol/signed-list.ts'
import { codeOf as rejectionOf } from '../log/support/test-disk.ts'
import { codeOf } from '../../protocol/support/codec-promises.ts'
import {
  act,
  enrolment,
  FoldedNode,
  genesisOf,
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

const promises = suite('a list of accesses')

const registrar = officer('registrar-dana', 'enrolment-officer')
const guard = officer('guard-daur', 'border-officer')
const examiner = officer('examiner-saule', 'forensic-examiner')
const judge = officer('judge-marat', 'adjudicator')
const protector = officer('protector-asel', 'data-protection-officer')

const aigul = handleOf('aigul')
const FORENSIC = { purpose: 'criminal-investigation' }
const DAY = 86_400_000

const verified = query(guard, { handle: aigul, at: MONDAY + 1 })
const search = query(examiner, { ...FORENSIC, legalBasis: 'Order 5', at: MONDAY + 4 })

const WRITTEN: Written = {
  almaty: [
    ...enrolment(registrar, 'aigul', 'almaty', { legalBasis: 'Law 40-VI' }),
    verified,
    outcome(verified, ['aigul'], MONDAY + 1),
    refused(guard, 'purpose-not-allowed', { handle: aigul, purpose: 'curiosity', at: MONDAY + 2 }),
    act(
      [judge, protector],
      { type: 'hold', log: 'astana', index: 2, until: MONDAY + DAY },
      FORENSIC,
    ),
  ],
  astana: [search, outcome(search, ['bolat', 'aigul', 'serik'], MONDAY + 4)],
  shymkent: [
    act([guard], { type: 'status' }, { handle: handleOf('bolat'), at: MONDAY + 6 }),
    act(
      [judge, protector],
      { type: 'erasure', ground: 'court-order' },
      { handle: aigul, at: MONDAY + 8, purpose: 'court-order' },
    ),
  ],
}

let node: FoldedNode

promises.before(async () => {
  node = await FoldedNode.open(WRITTEN)
})

promises.after(() => node.close())

promises('says when, which body, which class of purpose, on what basis', async () => {
  const { accesses, total } = await listAt(MONDAY + DAY)
  is(total, 5)
  equal(accesses.map(described), [
    'almaty 3 enrolled: migration-service, enrolment-officer, identity-documents, Law 40-VI',
    'almaty 4 verified: border-service, border-officer, border, Border Act, article 17',
    'almaty 6 refused: border-service, border-officer, other, Border Act, article 17',
    'astana 2 found-by-search: laboratory, forensic-examiner, law-enforcement, Order 5',
    'shymkent 2 changed: laboratory, adjudicator, justice, Border Act, article 17; ' +
      'ministry-of-justice, data-protection-officer, justice, Border Act, article 17',
  ])
})

promises('is complete, with the holds that were in force when it was made', async () => {
  for (const [at, rows] of [
    [MONDAY, 4],
    [MONDAY + DAY - 1, 4],
    [MONDAY + DAY, 5],
  ] as const) {
    const list = await listAt(at)
    is(list.accesses.length, rows)
    equal(await completed(list), complete(rows))
  }
})

promises('is complete when the search is held that led to an access', async () => {
  const { almaty, ...others } = WRITTEN
  const hold = { type: 'hold' as const, log: 'astana', index: 1, until: MONDAY + DAY }
  const held = await FoldedNode.open({
    ...others,
    almaty: [...almaty.slice(0, -1), act([judge, protector], hold, FORENSIC)],
  })
  try {
    const list = verifyAccessList(await held.reports.accessList(aigul, { at: MONDAY }), roster)
    equal(await completed(list, await held.logs()), complete(4))
  } finally {
    await held.close()
  }
})

promises('is complete though it keeps silent for a time of the watch list', async () => {
  const watch = { type: 'watch' as const, listed: 'added' as const, cause: 'wanted' as const }
  const about = { handle: aigul, at: MONDAY, ...FORENSIC }
  const watched = await FoldedNode.open({
    ...WRITTEN,
    shymkent: [act([judge, protector], watch, about)],
  })
  const told = MONDAY + WATCH_HELD_MS
  try {
    for (const [at, rows] of [
      [told - 1, 4],
      [told, 5],
    ] as const) {
      const list = verifyAccessList(await watched.reports.accessList(aigul, { at }), roster)
      is(list.accesses.length, rows)
      equal(await completed(list, await watched.logs()), complete(rows))
    }
  } finally {
    await watched.close()
  }
})

promises('of somebody whom nobody looked at is empty, and complete', async () => {
  const list = verifyAccessList(await node.reports.accessList(handleOf('x'), { at: 0 }), roster)
  equal([list.accesses, list.total], [[], 0])
  equal(await completed(list), complete(0))
})

promises('tells nothing of others, of the case, of the officer or of their station', async () => {
  const encoded = Buffer.from(await node.reports.accessList(aigul, { at: MONDAY + DAY }))
  const officers = [registrar, guard, examiner, judge, protector]
  const secret: [string, Uint8Array][] = [
    ...['bolat', 'serik'].map((name): [string, Uint8Array] => [name, handleOf(name)]),
    ...officers.flatMap(({ grant, credential }): [string, Uint8Array][] => [
      [grant.name, utf8(grant.name)],
      [`key of ${grant.name}`, grant.publicKey],
      [`credential of ${grant.name}`, credential.subarray(0, 24)],
    ]),
    ...['case-secret-77', 'post-dostyk-9', 'criminal-investigation', 'curiosity', 'wanted'].map(
      (word): [string, Uint8Array] => [word, utf8(word)],
    ),
  ]
  for (const [name, bytes] of secret) is(encoded.includes(Buffer.from(bytes)), false, name)
  ok(encoded.includes(Buffer.from(aigul)))
})

promises('is refused whichever byte of it is changed', async () => {
  const encoded = await node.reports.accessList(aigul, { at: MONDAY })
  for (let place = 0; place < encoded.length; place += 5) {
    const changed = encoded.with(place, encoded[place]! ^ 1)
    ok(
      codeOf(() => verifyAccessList(changed, roster)),
      `byte ${place}`,
    )
  }
})

promises('is refused when another node has signed it', async () => {
  const encoded = signAccessList(await listAt(MONDAY), keyOf('astana'))
  is(
    codeOf(() => verifyAccessList(encoded, roster)),
    'bad-signature',
  )
})

const REFUSED: Record<string, (list: AccessList) => Partial<AccessList>> = {
  'two rows change places': ({ accesses: [a, b, ...rest] }) => ({ accesses: [b!, a!, ...rest] }),
  'a row stands there twice': ({ accesses }) => ({
    accesses: [...accesses, { ...accesses[0]!, at: MONDAY + 99 }],
    total: accesses.length + 1,
  }),
  'a leaf is another one': ({ accesses: [a, ...rest] }) => ({
    accesses: [{ ...a!, leaf: rest[0]!.leaf }, ...rest],
  }),
  'a row is of another place': ({ accesses: [a, ...rest] }) => ({
    accesses: [{ ...a!, index: 2 }, ...rest],
  }),
  'a path is cut short': ({ accesses: [a, ...rest] }) => ({
    accesses: [{ ...a!, path: a!.path.slice(1) }, ...rest],
  }),
  'a row is beyond what it covers': ({ frontier }) => ({
    frontier: frontier.map((log) => ({ ...log, size: Math.min(log.size, 2) })),
  }),
  'it covers more than its checkpoint': ({ frontier: [first, ...rest] }) => ({
    frontier: [{ ...first!, size: first!.size + 1 }, ...rest],
  }),
  'a log is left out of the frontier': ({ frontier }) => ({ frontier: frontier.slice(0, -1) }),
  'a checkpoint is that of another log': ({ frontier: [first, second, ...rest] }) => ({
    frontier: [{ ...first!, checkpoint: second!.checkpoint }, second!, ...rest],
  }),
  'there are more rows than in all': ({ accesses }) => ({ total: accesses.length - 1 }),
  'it is an empty page of a longer list': () => ({ accesses: [] }),
  'it is of another network': () => ({ network: 'other.registry.kz' }),
}

for (const [what, change] of Object.entries(REFUSED)) {
  promises(`is refused when ${what}, although its node signed it`, async () => {
    const list = await listAt(MONDAY + DAY)
    const encoded = signAccessList({ ...list, ...change(list) }, keyOf('almaty'))
    is(
      codeOf(() => verifyAccessList(encoded, roster)),
      'bad-proof',
    )
  })
}

promises('that leaves out any one row is caught by the logs', async () => {
  const list = await listAt(MONDAY + DAY)
  for (const [place, { log, index }] of list.accesses.entries()) {
    const accesses = list.accesses.toSpliced(place, 1)
    const shorter = resigned({ ...list, accesses, total: accesses.length })
    const found = await completed(shorter)
    equal([found.isComplete, found.total, found.missing], [false, 5, [{ log, index }]])
  }
})

const SAID_OTHERWISE: Record<string, (access: Access) => Partial<Access>> = {
  'the body': ({ by: [first] }) => ({ by: [{ ...first!, organisation: 'border-guard' }] }),
  'the role': ({ by: [first] }) => ({ by: [{ ...first!, role: 'auditor' }] }),
  'the class of purpose': ({ by: [first] }) => ({ by: [{ ...first!, purpose: 'justice' }] }),
  'the legal basis': ({ by: [first] }) => ({ by: [{ ...first!, legalBasis: 'consent' }] }),
  'the kind': () => ({ kind: 'read' }),
  'the time': ({ at }) => ({ at: at - 1 }),
}

for (const [what, change] of Object.entries(SAID_OTHERWISE)) {
  promises(`that says ${what} otherwise is caught by the logs`, async () => {
    const list = await listAt(MONDAY)
    const [first, ...rest] = list.accesses
    const changed = resigned({ ...list, accesses: [{ ...first!, ...change(first!) }, ...rest] })
    const found = await completed(changed)
    equal([found.isComplete, found.changed], [false, [{ log: 'almaty', index: 3 }]])
  })
}

promises('that shows the access of somebody else is caught by the logs', async () => {
  const list = await listAt(MONDAY + DAY)
  const other = await node.reports.accessList(handleOf('bolat'), { at: MONDAY + DAY })
  const foreign = verifyAccessList(other, roster).accesses.find(({ log }) => log === 'shymkent')!
  const accesses = list.accesses.toSpliced(4, 0, foreign)
  const found = await completed(resigned({ ...list, accesses, total: 6 }))
  equal([found.isComplete, found.invented], [false, [{ log: 'shymkent', index: 1 }]])
})

promises(
  'that hides what is held no more, or shows what is held, is caught by the logs',
  async () => {
    const held = { log: 'astana', index: 2 }
    const [before, after] = [await listAt(MONDAY), await listAt(MONDAY + DAY)]
    const hidden = await completed(resigned({ ...before, at: MONDAY + DAY }))
    equal([hidden.isComplete, hidden.missing], [false, [held]])
    const shown = await completed(resigned({ ...after, at: MONDAY }))
    equal([shown.isComplete, shown.invented], [false, [held]])
  },
)

promises('is held only against the logs that it was made from', async () => {
  const list = await listAt(MONDAY)
  const logs = await node.logs()
  const short = new Map(logs).set('astana', logs.get('astana')!.slice(0, -1))
  is(await rejectionOf(completed(list, short)), 'not-found')
  is(await rejectionOf(completed(list, new Map())), 'not-found')
  const [first, , ...rest] = logs.get('astana')!
  const other = new Map(logs).set('astana', [first!, genesisOf('astana'), ...rest])
  is(await rejectionOf(completed(list, other)), 'bad-proof')
})

promises('longer than a page comes in pages, each proven and each complete', async () => {
  const count = LIST_ROWS_MAX + 20
  const asked = Array.from({ length: count }, (_, i) => query(guard, { handle: aigul, at: i }))
  const long = await FoldedNode.open({ almaty: asked, astana: [], shymkent: [] })
  try {
    const offsets = [0, LIST_ROWS_MAX]
    const pages = await Promise.all(
      offsets.map(async (offset) => {
        const encoded = await long.reports.accessList(aigul, { at: MONDAY, offset })
        return verifyAccessList(encoded, roster)
      }),
    )
    equal(
      pages.map(({ offset, total, accesses }) => [offset, total, accesses.length]),
      [
        [0, count, LIST_ROWS_MAX],
        [LIST_ROWS_MAX, count, 20],
      ],
    )
    const shown = pages.flatMap(({ accesses }) => accesses.map(({ index }) => index))
    equal(
      shown,
      Array.from({ length: count }, (_, i) => i + 1),
    )
    const logs = await long.logs()
    for (const page of pages) equal(await completed(page, logs), complete(count))
    const [first] = pages
    const cut = { ...first!, accesses: first!.accesses.toSpliced(7, 1), total: count - 1 }
    const found = await completed(resigned(cut), logs)
    equal(found.missing, [{ log: 'almaty', index: 8 }])
    const fewer = await completed(resigned({ ...first!, total: count - 1 }), logs)
    equal([fewer.isComplete, fewer.total, fewer.missing], [false, count, []])
  } finally {
    await long.close()
  }
})

promises.run()

async function listAt(at: number): Promise<AccessList> {
  return verifyAccessList(await node.reports.accessList(aigul, { at }), roster)
}

/** What a node that lies about its logs would send, and any reader with the roster would take. */
function resigned(list: AccessList): AccessList {
  return verifyAccessList(signAccessList(list, keyOf('almaty')), roster)
}

async function completed(list: AccessList, logs?: Map<string, Uint8Array[]>) {
  const sources = { logs: logs ?? (await node.logs()), roster }
  return completeAccessList(list, sources)
}

function complete(total: number) {
  return { isComplete: true, total, missing: [], invented: [], changed: [], unread: [] }
}

function described({ log, index, kind, by }: Access): string {
  const bodies = by.map(({ organisation, role, purpose, legalBasis }) => {
    return [organisation, role, purpose, legalBasis].join(', ')
  })
  return `${log} ${index} ${kind}: ${bodies.join('; ')}`
}
