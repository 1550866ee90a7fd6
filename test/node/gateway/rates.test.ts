import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { ratesOf } from '../../../protocol/rules/conduct.ts'
import { bodyOf, startTestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'
import { Client, startGateway } from './support/client.ts'

const rates = suite('an officer who asks more than the work needs')

rates('is stopped, told when to come back, and on record', async () => {
  const mesh = await startTestMesh({ rateFactor: 1 })
  const gateway = await startGateway(mesh.node())
  try {
    const client = new Client(gateway)
    const fingers = testPerson('scraped').capture()
    const { perHour } = ratesOf('border-officer', 'identify').officer
    for (let asked = 0; asked < perHour; asked += 1) {
      const query = mesh.signedQuery({ fingers })
      is((await client.post('/v1/identify', bodyOf(query))).status, 200)
    }
    const last = bodyOf(mesh.signedQuery({ fingers }))
    const { status, headers, body } = await client.post<Refusal>('/v1/identify', last)
    equal([status, body.error.reasons[0]?.code], [429, 'too-many-requests'])
    ok(headers.get('retry-after'))
    await mesh.settled()
    is(mesh.node().registry.entries.get('refused'), 1)
  } finally {
    await gateway.close()
    await mesh.close()
  }
})

rates.run()

interface Refusal {
  readonly error: { readonly reasons: readonly { readonly code: string }[] }
}
