import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import { signGrant } from '../../../protocol/credential.ts'
import { encodeEntry } from '../../../protocol/entry/entry.ts'
import { SEARCHES, searchRequests } from '../../../protocol/message/search.ts'
import { decodeStatement, signStatement, type OfficerKey } from '../../../protocol/statement.ts'
import { testPerson } from '../../support/test-person.ts'
import { Enrolling, refusalOf } from '../enrol/support/enrolling.ts'
import { codeOf } from '../log/support/test-disk.ts'

const GUARD = { organisation: 'border-service', role: 'border-officer' } as const

const fingers = testPerson('somebody').capture()

const promises = suite('a shard that is asked')

promises('answers an officer whose credential it knows', async () => {
  const enrolling = await Enrolling.start('known')
  const guard = await enrolling.appoint('guard', GUARD)
  is(await codeOf(askShard(enrolling, guard)), undefined)
})

promises('does not answer one whose credential has ended, whatever their node says', async () => {
  const enrolling = await Enrolling.start('ended')
  const guard = await enrolling.appoint('guard', GUARD)
  await enrolling.revoke(guard)
  const before = enrolling.node(1).ledger.own.size
  equal(await refusalOf(askShard(enrolling, guard)), ['forbidden'])
  is(enrolling.node(1).ledger.own.size, before, 'and does not search')
})

promises('does not answer one whose credential no log has', async () => {
  const enrolling = await Enrolling.start('unknown')
  const { roster, officials } = enrolling.register
  const signer = signerFromSeed(new Uint8Array(32).fill(3))
  const granted = { ...GUARD, network: roster.network, name: 'nobody', region: 'almaty' }
  const term = { from: 0, until: Number.MAX_SAFE_INTEGER, handle: undefined, replaces: undefined }
  const { publicKey } = signer
  const organisation = officials.signers.get(GUARD.organisation)!
  const credential = signGrant({ ...granted, ...term, publicKey }, organisation)
  equal(await refusalOf(askShard(enrolling, { signer, credential })), ['forbidden'])
})

promises.run()

/** As a node would that logs the query of whoever comes. */
async function askShard(enrolling: Enrolling, officer: OfficerKey): Promise<Uint8Array> {
  const { register, world } = enrolling
  const { signed, payload } = register.request('identify', fingers, world.random.fork('question'))
  const home = enrolling.node(0)
  const index = await enrolling.run(
    home.ledger.own.append(
      encodeEntry({
        type: 'query',
        at: world.clock.now(),
        queryId: enrolling.handle(),
        ...signStatement(decodeStatement(signed.statement), officer),
        threshold: 1,
        limit: 10,
        frontier: home.registry.horizon(),
      }),
    ),
  )
  const query = await enrolling.run(home.ledger.prove(home.name, index))
  const { name, keeper } = enrolling.node(1)
  const request = searchRequests.encode({ query, payload, shards: keeper.shards, epoch: 1 })
  const deadline = world.clock.now() + 10_000
  return enrolling.run(home.mesh.call(name, SEARCHES, request, { deadline }))
}
