import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { REFUSALS_LOGGED_MAX, REFUSALS_WINDOW_MS } from '../../../node/limits.ts'
import { Admission } from '../../../node/registry/admission.ts'
import { utf8 } from '../../../crypto/bytes.ts'
import type { Deed } from '../../../protocol/deed.ts'
import { payloadDigest } from '../../../protocol/payload.ts'
import type { Refused } from '../../../protocol/entry/refused.ts'
import { ratesOf } from '../../../protocol/rules/conduct.ts'
import {
  signStatement,
  STATEMENT_AGE_MS_MAX,
  STATEMENT_AHEAD_MS_MAX,
  type OfficerKey,
  type SignedStatement,
  type Statement,
} from '../../../protocol/statement.ts'
import { refusalOf } from '../enrol/support/enrolling.ts'
import {
  act,
  flipped,
  grant,
  handleOf,
  made,
  officers,
  plain,
  revocation,
  roster,
  WRITERS,
} from './support/entries.ts'
import { Reader, Writers } from './support/fold.ts'

const PAYLOAD = utf8('payload')

const NOW = 10 * STATEMENT_AGE_MS_MAX

const GUARD = { organisation: 'border-service', role: 'border-officer' } as const
const { key: guard, ...guardGranted } = grant('guard', GUARD)

const promises = suite('the door of a node')

let writers: Writers
let reader: Reader
let admission: Admission

promises.before(async () => {
  writers = await Writers.open()
})

promises.after(async () => writers.close())

promises.before.each(async () => {
  reader = await Reader.open()
  reader.clock.time = NOW
  await reader.registry.start()
  await reader.takeAll(writers)
  await reader.append(guardGranted)
  admission = doorOf(reader)
})

promises.after.each(async () => reader.close())

promises('lets through what its officer may ask, and writes nothing', async () => {
  const { grant: held, statement } = await question(ask())
  equal([held.name, statement.action], ['guard', 'identify'])
  equal(await refusals(), [])
})

promises('lets through a deed that all who signed it may do', async () => {
  await known(officers.protector, officers.adjudicator)
  const { deed, by } = await admission.deed(watch([officers.protector, officers.adjudicator]))
  equal([deed.type, by.length], ['watch', 2])
  equal(await refusals(), [])
})

const REFUSED: Record<string, () => [reason: string, signed: SignedStatement]> = {
  'what the role may not': () => ['role-may-not', ask({ action: 'enrol' })],
  'what the purpose does not allow': () => ['purpose-not-allowed', ask({ purpose: 'audit' })],
  'a credential that no log has': () => ['credential-unknown', ask({}, officers.guard)],
  'a credential that is over': () => {
    const key = grant('over', { ...GUARD, until: NOW }).key
    return ['credential-expired', ask({}, key)]
  },
  'a credential that is not good yet': () => {
    const key = grant('early', { ...GUARD, from: NOW + 1 }).key
    return ['credential-expired', ask({}, key)]
  },
}
for (const [what, example] of Object.entries(REFUSED)) {
  promises(`refuses ${what}, and logs it once with its reason`, async () => {
    const [reason, asked] = example()
    equal(await refusalOf(question(asked)), [reason])
    const [entry, ...more] = await refusals()
    equal(more, [])
    equal([entry!.reason, entry!.at, entry!.statement], [reason, NOW, asked.statement])
    equal([entry!.officer, entry!.credential], [asked.officer, asked.credential])
    await reader.registry.settled()
    is(reader.registry.entries.get('refused'), 1, 'and it counts for the fold')
  })
}

promises('knows of no credential that it is unknown until every log has come once', async () => {
  const joined = await Reader.open()
  joined.clock.time = NOW
  await joined.registry.start()
  const refused = async () => refusalOf(doorOf(joined).question(ask(), PAYLOAD))
  equal(await refused(), ['not-ready'])
  for (const name of WRITERS) {
    await joined.take(writers, name, 1)
    equal(await refused(), ['not-ready'], 'the last is not folded yet')
    await joined.registry.settled()
  }
  equal((await joined.written()).length, 1)
  equal(await refused(), ['credential-unknown'])
  await writers.append(WRITERS[0], guardGranted)
  equal(await refused(), ['credential-unknown'], 'a log that lags is no excuse')
  await joined.takeAll(writers)
  await doorOf(joined).question(ask(), PAYLOAD)
  await joined.close()
})

promises('holds against nobody what anybody may send who has read a log', async () => {
  for (const at of [NOW - STATEMENT_AGE_MS_MAX - 1, NOW + STATEMENT_AHEAD_MS_MAX + 1]) {
    equal(await refusalOf(question(ask({ at }))), ['statement-stale'])
  }
  equal(await refusalOf(question(ask({ action: 'enrol' }), utf8('another'))), ['unprocessable'])
  equal(await refusals(), [])
})

promises('does a deed once: whoever finds it in a log and asks again is told nothing', async () => {
  await known(officers.protector, officers.adjudicator)
  const done = watch([officers.protector, officers.adjudicator])
  await admission.deed(done)
  equal(await refusalOf(admission.deed(done)), ['statement-used'])
  const elsewhere = await Reader.open()
  elsewhere.clock.time = NOW
  await elsewhere.registry.start()
  for (const { credential } of [officers.protector, officers.adjudicator]) {
    await elsewhere.append(made({ type: 'grant', at: 1, credential }))
  }
  await elsewhere.append(made(done))
  equal(await refusalOf(doorOf(elsewhere).deed(done)), ['statement-used'])
  await elsewhere.close()
  equal(await refusals(), [])
})

promises('of two who sign it holds a fault against the one whose it is', async () => {
  await known(officers.adjudicator)
  const { officer } = watch([officers.protector]).signatures[0]!
  equal(await refusalOf(admission.deed(watch([officers.adjudicator, officers.protector]))), [
    'credential-unknown',
  ])
  equal(
    (await refusals()).map((entry) => entry.officer),
    [officer],
  )
})

promises('refuses a credential from the moment of its end, and not before', async () => {
  const { key, ...granted } = grant('clerk')
  await reader.append(granted, revocation(key, { from: NOW, at: NOW }))
  const enrol = (at: number) => signed('enrol', { handle: handleOf('x'), at }, key)
  await question(enrol(NOW - 1))
  equal(await refusalOf(question(enrol(NOW))), ['credential-revoked'])
  is((await refusals()).length, 1)
})

promises('logs nothing that an officer has not signed', async () => {
  const forged = ask({ action: 'enrol' })
  const other = { ...ask(), statement: ask({ purpose: 'audit' }).statement }
  const borrowed = { ...ask(), credential: officers.registrar.credential }
  const stranger = ask({ action: 'enrol' }, officers.stranger)
  for (const [code, each] of [
    ['bad-signature', { ...forged, signature: flipped(forged.signature) }],
    ['bad-signature', other],
    ['forbidden', borrowed],
    ['forbidden', stranger],
    ['forbidden', ask({ network: 'other.kz' })],
  ] as const) {
    equal(await refusalOf(question(each)), [code])
  }
  equal(await refusals(), [])
})

promises('logs of a deed that is refused whoever has signed it, and nobody else', async () => {
  await known(officers.protector, officers.adjudicator)
  const alone = watch([officers.protector])
  equal(await refusalOf(admission.deed(alone)), ['second-person-needed'])
  const { signatures, deed } = watch([officers.protector, guard])
  equal(await refusalOf(admission.deed({ deed, signatures })), ['role-may-not'])
  const [first, second] = signatures
  const forged = { ...second!, signature: flipped(second!.signature) }
  equal(await refusalOf(admission.deed({ deed, signatures: [first!, forged] })), ['bad-signature'])
  equal(
    (await refusals()).map(({ officer }) => officer),
    [officers.protector, officers.protector, guard].map(({ signer }) => signer.publicKey),
  )
})

promises('logs no more refusals of an officer than an hour has room for', async () => {
  let tries = 0
  const tried = async (times: number, key: OfficerKey = guard) => {
    tries += 1
    for (let i = 0; i < times; i += 1) {
      const at = reader.clock.time - i - 1_000 * tries
      await refusalOf(question(ask({ action: 'enrol', at }, key)))
    }
    return (await refusals()).length
  }
  is(await tried(REFUSALS_LOGGED_MAX + 3), REFUSALS_LOGGED_MAX)
  is(await tried(1, officers.guard), REFUSALS_LOGGED_MAX + 1, 'another officer has their own')
  reader.clock.time += REFUSALS_WINDOW_MS - 1
  is(await tried(1), REFUSALS_LOGGED_MAX + 1)
  reader.clock.time += 1
  is(await tried(REFUSALS_LOGGED_MAX + 3), 2 * REFUSALS_LOGGED_MAX + 1)
})

promises('refuses whoever asks too often, and lets them ask again an hour later', async () => {
  const { perHour } = ratesOf('border-officer', 'identify').officer
  const asked = (i: number) => question(ask({ at: reader.clock.time - i }))
  for (let i = 0; i < perHour; i += 1) await asked(i)
  equal(await refusalOf(asked(perHour)), ['too-many-requests'])
  equal(
    (await refusals()).map(({ reason }) => reason),
    ['too-many-requests'],
  )
  await question(signed('verify', { handle: handleOf('x'), at: NOW }, guard))
  reader.clock.time += 3_600_001
  await asked(0)
})

promises.run()

function doorOf({ ledger, registry, clock }: Reader): Admission {
  return new Admission({ roster }, { ledger, registry, clock })
}

async function known(...keys: readonly OfficerKey[]): Promise<void> {
  for (const { credential } of keys) await reader.append(made({ type: 'grant', at: 1, credential }))
}

async function refusals(): Promise<Refused[]> {
  const entries = await reader.written()
  return entries.filter((entry): entry is Refused => entry.type === 'refused')
}

function ask(statement: Partial<Statement> = {}, key = guard): SignedStatement {
  const { action = 'identify' } = statement
  const handle = action === 'identify' ? undefined : handleOf('x')
  return signed(action, { handle, at: NOW, ...statement }, key)
}

function signed(
  action: Statement['action'],
  statement: Partial<Statement>,
  key: OfficerKey,
): SignedStatement {
  const digest = payloadDigest(PAYLOAD)
  return signStatement({ ...plain(action), payloadDigest: digest, ...statement }, key)
}

function question(asked: SignedStatement, payload = PAYLOAD) {
  return admission.question(asked, payload)
}

function watch(by: readonly OfficerKey[]) {
  const deed: Deed = { type: 'watch', listed: 'added', cause: 'wanted' }
  const about = { purpose: 'criminal-investigation', handle: handleOf('x'), at: NOW } as const
  return act(deed, by, about).entry
}
