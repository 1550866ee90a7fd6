import { readFile } from 'node:fs/promises'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { toHex } from '../../../../crypto/bytes.ts'
import { sha256 } from '../../../../crypto/hash.ts'
import { readInterface } from '../../../../node/fields/osia/interface.ts'

const SPEC = new URL('../../../../../node/fields/osia/spec/abis.yaml', import.meta.url)

/** Of `abis.yaml` 1.6.0 as OSIA has published it (commit 92d9859). */
const PUBLISHED = 'c6e707459846afc7f85cee7c25d91aad824fbacf035f027722b3a758fa1bcc91'

const promises = suite('OSIA’s interface')

promises('is the file that OSIA has published, to the byte', async () => {
  is(toHex(sha256(new Uint8Array(await readFile(SPEC)))), PUBLISHED)
})

promises('has every operation, with its right and its statuses', async () => {
  const operations = readInterface(await readFile(SPEC, 'utf8'))
  is(operations.length, 22)
  const identify = operations.find(({ id }) => id === 'identify')!
  equal([identify.method, identify.scopes], ['post', ['abis.identify']])
  equal([...identify.statuses], [200, 202, 400, 403, 404, 500])
})

promises('wants of a request what is not for reading, and of an answer all', async () => {
  const operations = readInterface(await readFile(SPEC, 'utf8'))
  const [create, read] = ['createEncounterNoIds', 'readEncounter'].map((name) => {
    return operations.find(({ id }) => id === name)!
  })
  const encounter = { status: 'ACTIVE', encounterType: 'x', galleries: ['ALL'], biometricData: [] }
  is(create!.bodyFault(encounter), undefined)
  match(read!.answerFault(200, encounter)!, 'encounterId')
  match(create!.bodyFault(undefined)!, 'body')
  match(read!.answerFault(404, {})!, 'no body')
  const query = { transactionId: '1', priority: '9' }
  is(read!.queryFault(query), undefined)
  equal(query, { transactionId: '1', priority: 9 })
})

promises.run()
