import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { commitmentOf, seal } from '../../../crypto/sealing.ts'
import type { EnrolmentRequest } from '../../../node/enrol/enrol.ts'
import { encodeDossier } from '../../../protocol/dossier.ts'
import { decodeEntryOf } from '../../../protocol/entry/entry.ts'
import { depositReplies, deposits, DEPOSITS } from '../../../protocol/message/deposit.ts'
import { verifyReceipt } from '../../../protocol/receipt.ts'
import type { Application } from '../../../protocol/rules/application.ts'
import { addDays, addYears, civilDateAt } from '../../../protocol/rules/civil-date.ts'
import { KZ_2024 } from '../../../protocol/rules/policies/kz-2024.ts'
import { SEED_2017 } from '../../../protocol/rules/policies/seed-2017.ts'
import { ratesOf } from '../../../protocol/rules/conduct.ts'
import { encodeSealed } from '../../../protocol/sealed-record.ts'
import { decodeStatement } from '../../../protocol/statement.ts'
import { testPerson } from '../../support/test-person.ts'
import { codeOf } from '../log/support/test-disk.ts'
import { Enrolling, refusalOf } from './support/enrolling.ts'

const alice = testPerson('alice')

const promises = suite('an enrolment before the law')

promises('says in the log which law it was decided by, and of whom', async () => {
  const enrolling = await Enrolling.start('decided')
  const application = { citizenship: 'foreign-resident', sex: 'female' } as const
  const { entry } = await enrolling.enrol(alice.capture(), { application })
  equal(decodeEntryOf('enrolment', entry.entry).taken, {
    policy: 'seed-2017',
    verdict: 'mandatory',
    citizenship: 'foreign-resident',
    sex: 'female',
    ageBand: '30-44',
  })
})

promises('carries receipts for what it says, and for nothing else', async () => {
  const enrolling = await Enrolling.start('receipts')
  const { entry, replicas } = await enrolling.enrol(alice.capture())
  const { receipts, taken, ...said } = decodeEntryOf('enrolment', entry.entry)
  const deposited = { home: entry.log, ...said, taken }
  equal(
    receipts.map(({ replica }) => replica),
    replicas,
  )
  for (const { replica, signature } of receipts) {
    const { publicKey } = enrolling.register.roster.nodes.find(({ name }) => name === replica)!
    ok(verifyReceipt(deposited, signature, publicKey))
    const other = { ...taken, verdict: 'permitted' as const }
    is(verifyReceipt({ ...deposited, taken: other }, signature, publicKey), false)
  }
})

/** Under the seed's law, of somebody whose birthday is today: they turn so many years old. */
const REFUSED: readonly [what: string, age: number, stated: Partial<Application>, code: string][] =
  [
    ['a child of 11', 11, {}, 'under-age'],
    ['a child of 12 who does not want it', 12, { consent: 'none' }, 'consent-missing'],
    ['a child of 15 of whom a parent consents', 15, { consent: 'guardian' }, 'consent-missing'],
    ['a child of 15 without a form', 15, { consentForm: '' }, 'consent-form-missing'],
    ['a visitor', 40, { citizenship: 'foreign-visitor' }, 'not-covered'],
  ]

for (const [what, age, stated, code] of REFUSED) {
  promises(`is refused to ${what}: ${code}`, async () => {
    const enrolling = await Enrolling.start(what)
    const application = { ...stated, born: bornYearsAgo(enrolling, age) }
    equal(await refusalOf(enrolling.enrol(alice.capture(), { application })), [code])
    equal([(await enrolling.enrolments()).length, vaultOf(enrolling).length], [0, 0])
  })
}

promises('is let be on the birthday, and not on the day before', async () => {
  const enrolling = await Enrolling.start('birthday')
  const born = bornYearsAgo(enrolling, 12)
  const tomorrow = { application: { born: addDays(born, 1) } }
  equal(await refusalOf(enrolling.enrol(alice.capture(), tomorrow)), ['under-age'])
  const { entry } = await enrolling.enrol(alice.capture(), { application: { born } })
  const { verdict, ageBand } = decodeEntryOf('enrolment', entry.entry).taken
  equal([verdict, ageBand], ['permitted', '12-15'])
})

promises('is refused for fingers that print too poorly', async () => {
  const enrolling = await Enrolling.start('poor')
  const state = (...attempts: number[]) => ({
    application: {
      fingers: alice.capture().map(({ position }) => {
        return { position, attempts, missing: undefined, reason: 'dry skin' }
      }),
    },
  })
  equal(await refusalOf(enrolling.enrol(alice.capture(), state(12))), ['recapture-needed'])
  equal(await refusalOf(enrolling.enrol(alice.capture(), state(12, 9))), ['recapture-needed'])
  const { status } = await enrolling.enrol(alice.capture(), state(12, 9, 14))
  is(status, 'provisional', 'after three attempts the best is kept')
})

promises('is of those fingers of which attempts are recorded', async () => {
  const enrolling = await Enrolling.start('other fingers')
  const [right, left] = alice.capture()
  for (const [captured, recorded] of [
    [[right!], [right!.position, left!.position]],
    [[right!, left!], [right!.position]],
    [
      [right!, left!],
      [right!.position, 1],
    ],
  ] as const) {
    const application = { fingers: recorded.map(recordOf) }
    equal(await refusalOf(enrolling.enrol(captured, { application })), ['unprocessable'])
  }
})

promises('needs a law', async () => {
  const enrolling = await Enrolling.start('no law', [])
  equal(await refusalOf(enrolling.enrol(alice.capture())), ['no-policy'])
  equal([(await enrolling.enrolments()).length, vaultOf(enrolling).length], [0, 0])
})

promises('goes by the law of its day: since 2024 no citizen must', async () => {
  const enrolling = await Enrolling.start('2024', [SEED_2017, KZ_2024])
  const unwilling = { application: { consent: 'none' as const } }
  equal(await refusalOf(enrolling.enrol(alice.capture(), unwilling)), ['consent-missing'])
  const { entry } = await enrolling.enrol(alice.capture())
  const { policy, verdict } = decodeEntryOf('enrolment', entry.entry).taken
  equal([policy, verdict], ['kz-2024', 'permitted'])
})

promises('is refused to an officer whose credential has ended, and logged', async () => {
  const enrolling = await Enrolling.start('revoked')
  const clerk = await enrolling.appoint('clerk')
  await enrolling.enrol(alice.capture(), { officer: clerk })
  await enrolling.revoke(clerk)
  const again = enrolling.enrol(testPerson('bob').capture(), { officer: clerk })
  equal(await refusalOf(again), ['credential-revoked'])
  equal(
    (await enrolling.entriesOf('refused')).map(({ reason }) => reason),
    ['credential-revoked'],
  )
})

promises('is one that an officer can ask for as often as the work needs, and no more', async () => {
  const enrolling = await Enrolling.start('rate')
  const { perHour } = ratesOf('enrolment-officer', 'enrol').officer
  for (let i = 0; i < perHour; i += 1) await enrolling.enrol(testPerson(`visitor ${i}`).capture())
  const tired = enrolling.enrol(testPerson('one too many').capture())
  equal(await refusalOf(tired), ['too-many-requests'])
  is((await enrolling.enrolments()).length, perHour)
})

promises('of an officer of the same station is refused: the operator’s own finger', async () => {
  const enrolling = await Enrolling.start('operator')
  const { handle } = await enrolling.enrol(alice.capture())
  await enrolling.appoint('clerk', { handle })
  const slip = enrolling.enrol(alice.capture('by mistake'))
  equal(await refusalOf(slip), ['operator-finger'])
  is((await enrolling.enrolments()).length, 1)
  is(vaultOf(enrolling).length, 2, 'no replica was given anything')
})

promises('of an officer of another station is a case like any other', async () => {
  const enrolling = await Enrolling.start('officer')
  const { handle } = await enrolling.enrol(alice.capture())
  await enrolling.appoint('clerk', { handle, region: 'shymkent' })
  is((await enrolling.enrol(alice.capture('as a citizen'))).status, 'suspended')
})

const replicas = suite('a replica that judges for itself')

replicas('takes what the law and the credential allow, whoever asks', async () => {
  const enrolling = await Enrolling.start('lawful deposit')
  const request = enrolling.request(alice.capture())
  const { signature, about } = await deposit(enrolling, request)
  const [replica] = about.keepers
  ok(verifyReceipt(about.deposited, signature, replica!.publicKey))
  is(vaultOf(enrolling).length, 1)
})

replicas('refuses a child, whatever the node that enrols has said', async () => {
  const enrolling = await Enrolling.start('child deposit')
  const application = { born: bornYearsAgo(enrolling, 9) }
  const request = enrolling.request(alice.capture(), { application })
  equal(await refusalOf(deposit(enrolling, request)), ['unprocessable'])
  is(vaultOf(enrolling).length, 0)
})

replicas('refuses an officer whose credential has ended', async () => {
  const enrolling = await Enrolling.start('revoked deposit')
  const clerk = await enrolling.appoint('clerk')
  await enrolling.revoke(clerk)
  const request = enrolling.request(alice.capture(), { officer: clerk })
  equal(await refusalOf(deposit(enrolling, request)), ['forbidden'])
  is(vaultOf(enrolling).length, 0)
})

replicas('refuses an officer who may not enrol, and what is not what they signed', async () => {
  const enrolling = await Enrolling.start('other deposits')
  const { officers } = enrolling.register.officials
  const request = enrolling.request(alice.capture())
  const other = enrolling.request(alice.capture('again'))
  const bad: [code: string, EnrolmentRequest][] = [
    ['forbidden', enrolling.request(alice.capture(), { officer: officers['border-officer'] })],
    ['unprocessable', { ...request, payload: other.payload }],
    ['unprocessable', { ...request, application: other.application }],
    ['bad-signature', { ...request, signed: { ...request.signed, signature: new Uint8Array(64) } }],
  ]
  for (const [code, each] of bad) is(await codeOf(deposit(enrolling, each)), code)
  const somebody = deposit(enrolling, request, enrolling.handle())
  is(await codeOf(somebody), 'forbidden', 'a statement about somebody else')
  is(vaultOf(enrolling).length, 0)
})

promises.run()
replicas.run()

function recordOf(position: number) {
  return { position, attempts: [60], missing: undefined, reason: '' }
}

function bornYearsAgo({ world }: Enrolling, years: number): string {
  return addYears(civilDateAt(world.clock.now()), -years)
}

/** What is sealed on any disk. */
function vaultOf(enrolling: Enrolling) {
  return enrolling.stored().filter(({ key }) => key.startsWith('vault/'))
}

/** Hands a request straight to a replica, as a node would that asks nobody before. */
async function deposit(enrolling: Enrolling, request: EnrolmentRequest, handle?: Uint8Array) {
  const { roster } = enrolling.register
  const { signed, payload, application } = request
  const person = handle ?? decodeStatement(signed.statement).handle!
  const keepers = enrolling.keepersOf(person)
  const sealed = seal(
    encodeDossier({ payload, application }),
    keepers.map(({ boxKey }) => boxKey),
    { context: person, randomBytes: (length) => new Uint8Array(length).fill(7) },
  )
  const home = roster.nodes.find(({ name }) => name !== keepers[0]!.name)!.name
  const deadline = enrolling.world.clock.now() + 10_000
  const encoded = deposits.encode({ handle: person, sealed: encodeSealed(sealed), signed })
  const { mesh } = enrolling.register.node(home)!
  const reply = await enrolling.run(mesh.call(keepers[0]!.name, DEPOSITS, encoded, { deadline }))
  const taken = {
    policy: 'seed-2017',
    verdict: 'mandatory',
    citizenship: 'citizen',
    sex: 'unknown',
    ageBand: '30-44',
  } as const
  const commitment = commitmentOf(sealed)
  const deposited = { home, handle: person, commitment, statement: signed.statement, taken }
  return { signature: depositReplies.decode(reply), about: { keepers, deposited } }
}
