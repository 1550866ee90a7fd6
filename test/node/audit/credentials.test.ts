import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { Credentials } from '../../../node/audit/credentials.ts'
import { Joiner } from '../../../node/audit/joiner.ts'
import { signatoryOf } from '../../../protocol/credential.ts'
import { RuleRefusal } from '../../../protocol/rules/rule-refusal.ts'
import type { OfficerKey } from '../../../protocol/statement.ts'
import { SeededRandom } from '../../../simulations/world/seeded-random.ts'
import { shuffled } from '../../support/shuffled.ts'
import {
  grant,
  handleOf,
  officers,
  revocation,
  roster,
  type Made,
} from '../registry/support/entries.ts'

const clerk = grant('clerk')

const promises = suite('the credentials that are known')

promises('are those that some log has', () => {
  const credentials = taken(clerk)
  is(credentials.isKnown(clerk.key.credential), true)
  is(credentials.isKnown(officers.registrar.credential), false)
  is(reasonAt(credentials, clerk.key, 5), undefined)
  is(reasonAt(credentials, officers.registrar, 5), 'credential-unknown')
})

promises('are known byte by byte: another for the same key is another', () => {
  const promoted = grant('clerk', { role: 'adjudicator' })
  const credentials = taken(clerk)
  is(reasonAt(credentials, promoted.key, 5), 'credential-unknown')
})

promises('end at the moment that the revocation names, also before it was made', () => {
  const credentials = taken(clerk, revocation(clerk.key, { from: 20, at: 90 }))
  equal(
    [19, 20, 21].map((at) => reasonAt(credentials, clerk.key, at)),
    [undefined, 'credential-revoked', 'credential-revoked'],
  )
})

promises('end at the earliest that any revocation names, whichever came first', () => {
  const entries = [clerk, ...[40, 20, 30].map((from) => revocation(clerk.key, { from }))]
  const random = new SeededRandom('revocations')
  for (let i = 0; i < 10; i += 1) {
    const credentials = taken(...shuffled(entries, random))
    is(reasonAt(credentials, clerk.key, 19), undefined)
    is(reasonAt(credentials, clerk.key, 20), 'credential-revoked')
  }
})

promises('are not one with those of a colleague', () => {
  const colleague = grant('colleague')
  const credentials = taken(clerk, colleague, revocation(clerk.key))
  is(reasonAt(credentials, colleague.key, 5), undefined)
})

promises('end where a new key takes the place of the old', () => {
  const renewed = grant('clerk renewed', {
    name: 'clerk',
    from: 50,
    replaces: clerk.key.signer.publicKey,
  })
  for (const order of [
    [clerk, renewed],
    [renewed, clerk],
  ]) {
    const credentials = taken(...order)
    is(reasonAt(credentials, clerk.key, 49), undefined)
    is(reasonAt(credentials, clerk.key, 50), 'credential-revoked')
    is(reasonAt(credentials, renewed.key, 50), undefined)
  }
})

promises('name the officers whose own record somebody finds', () => {
  const own = grant('own', { handle: handleOf('an officer') })
  const credentials = taken(clerk, own)
  is(credentials.officerOf(handleOf('an officer'))?.name, 'own')
  is(credentials.officerOf(handleOf('a citizen')), undefined)
})

promises('have of an officer who was moved the station of the last one, at every node', () => {
  const handle = handleOf('an officer')
  const stations = ['almaty', 'astana', 'shymkent'].map((region, from) => {
    return grant('moved', { handle, region, from })
  })
  const random = new SeededRandom('stations')
  for (let i = 0; i < 10; i += 1) {
    is(taken(...shuffled(stations, random)).officerOf(handle)?.region, 'shymkent')
  }
})

promises('tell what ends, and since when', () => {
  const credentials = taken(clerk)
  const ended = credentials.take(folded(revocation(clerk.key, { from: 20 })))
  const publicKey = clerk.key.signer.publicKey
  equal(ended, {
    signatory: signatoryOf({ organisation: 'migration-service', publicKey }),
    from: 20,
  })
  is(credentials.take(folded(grant('another'))), undefined)
})

promises('end only where the organisation that gave them says so', () => {
  const publicKey = clerk.key.signer.publicKey
  const guard = grant('guard', {
    organisation: 'border-service',
    role: 'border-officer',
    publicKey,
  })
  const credentials = taken(clerk, guard, revocation(clerk.key, { from: 20 }))
  is(reasonAt(credentials, clerk.key, 20), 'credential-revoked')
  is(reasonAt(credentials, { ...clerk.key, credential: guard.key.credential }, 20), undefined)
})

promises('are granted and revoked by nobody but an organisation of the roster', () => {
  const bad = [
    { ...clerk.entry, credential: officers.stranger.credential },
    grant('clerk', { organisation: 'border-service' }).entry,
    revocation(clerk.key, { signedBy: 'border-service' }).entry,
  ]
  for (const entry of bad) {
    const credentials = taken(clerk)
    throws(() => credentials.take({ ...folded(clerk), entry }))
    is(reasonAt(credentials, clerk.key, 99), undefined)
    is(credentials.isKnown(officers.stranger.credential), false)
  }
})

promises.run()

function taken(...entries: readonly Made[]): Credentials {
  const credentials = new Credentials({ roster })
  for (const entry of entries) credentials.take(folded(entry))
  return credentials
}

function folded({ bytes }: Made) {
  return new Joiner({ roster }).join('almaty', 1, bytes)
}

function reasonAt(credentials: Credentials, { signer, credential }: OfficerKey, at: number) {
  const nothing = new Uint8Array()
  const { publicKey: officer } = signer
  try {
    credentials.check({ statement: nothing, signature: nothing, officer, credential }, at)
    return undefined
  } catch (error) {
    return error instanceof RuleRefusal ? error.reasons[0] : String(error)
  }
}
