import { suite } from 'uvu'
import { is } from 'uvu/assert'
import type { Gateway } from '../../../node/gateway/gateway.ts'
import { INSPECTED, type InspectedName } from '../../../protocol/border/check.ts'
import type { Deed } from '../../../protocol/deed.ts'
import type { Outcome } from '../../../protocol/document/check.ts'
import { deedBodyOf, startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { Client, refused, startGateway } from './support/client.ts'
import { Desk } from './support/desk.ts'

const PATH = '/v1/border/crossings'

/** What a post that reaches no node has to leave open. */
const CUT_OFF = {
  'live-to-register': 'undetermined',
  'document-status': 'undetermined',
  search: 'undetermined',
} as const

const crossings = suite('a crossing over HTTP')

let mesh: TestMesh
let gateway: Gateway
let client: Client
let desk: Desk

crossings.before(async () => {
  mesh = await startTestMesh()
  gateway = await startGateway(mesh.node())
  client = new Client(gateway)
  desk = new Desk(mesh, client)
})

crossings.after(async () => {
  await gateway.close()
  await mesh.close()
})

crossings('is logged for a border officer, with and without a person', async () => {
  const { guard } = mesh.officers
  const handle = await desk.enrolled('crossing')
  const { size } = mesh.node().ledger.own
  const followed = crossing(CUT_OFF, 'second-line')
  is((await desk.ask(PATH, followed, [guard], 'border-control')).status, 201)
  is((await desk.ask(PATH, followed, [guard], 'border-control', { handle })).status, 201)
  is(mesh.node().ledger.own.size, size + 2)
})

crossings('is nobody else’s to sign', async () => {
  const reply = await desk.ask(
    PATH,
    crossing(CUT_OFF, 'second-line'),
    [mesh.officers.registrar],
    'document-issue',
  )
  refused(reply, 403, 'forbidden', 'role-may-not')
})

crossings('against what came next is refused without a reason', async () => {
  const { guard } = mesh.officers
  const bare = await desk.ask(PATH, crossing(CUT_OFF, 'admitted'), [guard], 'border-control')
  refused(bare, 422, 'unprocessable')
  const said = crossing(CUT_OFF, 'admitted', 'known to the second line by face')
  is((await desk.ask(PATH, said, [guard], 'border-control')).status, 201)
})

crossings('has no outcome of the register where no node was asked', async () => {
  const { guard } = mesh.officers
  const claimed = crossing({ ...CUT_OFF, 'live-to-register': 'successful' }, 'second-line')
  refused(await desk.ask(PATH, claimed, [guard], 'border-control'), 422, 'unprocessable')
})

crossings('that is sent again after an outage is logged once', async () => {
  const { guard } = mesh.officers
  const signed = mesh.signedDeed(crossing(CUT_OFF, 'second-line'), [guard], {
    purpose: 'border-control',
  })
  is((await client.post(PATH, deedBodyOf(signed))).status, 201)
  const { size } = mesh.node().ledger.own
  const again = await client.post(PATH, deedBodyOf(signed))
  refused(again, 409, 'conflict', 'statement-used')
  is(mesh.node().ledger.own.size, size)
})

crossings.run()

function crossing(
  otherwise: Partial<Record<InspectedName, Outcome>>,
  decision: Extract<Deed, { type: 'crossing' }>['decision'],
  reason = '',
): Deed {
  return {
    type: 'crossing',
    profile: 'counter',
    inspection: undefined,
    commitment: new Uint8Array(32).fill(7),
    checks: INSPECTED.map((name) => ({ name, outcome: otherwise[name] ?? 'successful' })),
    decision,
    reason,
  }
}
