import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { noteVerifier } from '../../../crypto/note.ts'
import { audit, type AuditResult } from '../../../node/audit/audit.ts'
import { FolderSource } from '../../../node/audit/folder-source.ts'
import { KeptCheckpoints } from '../../../node/audit/kept-checkpoints.ts'
import { ExportFolder } from '../../../node/log/export-folder.ts'
import { exportRecords } from '../../../node/access/export-records.ts'
import { RecordShelf } from '../../../node/access/record-shelf.ts'
import { exportLog } from '../../../node/log/export-log.ts'
import { StoredLog } from '../../../node/log/stored-log.ts'
import { LevelStore } from '../../../node/store/level-store.ts'
import { logOrigin, logVerifier } from '../../../protocol/roster.ts'
import { startTestMesh, type TestMesh } from '../../support/test-mesh.ts'
import { testPerson } from '../../support/test-person.ts'

const promises = suite<{ mesh: TestMesh; folder: string }>('an export of a real mesh')

promises.before(async (state) => {
  state.folder = await mkdtemp(join(tmpdir(), 'tamga-export-'))
  state.mesh = await startTestMesh({ nodes: 3, shards: 4, replicas: 2 })
  await live(state.mesh, 'first')
})

promises.after(async ({ mesh, folder }) => {
  await mesh.close()
  await rm(folder, { recursive: true, force: true })
})

promises('is sound by all that an auditor knows, from every node', async ({ mesh, folder }) => {
  await mesh.settled()
  for (const place of mesh.roster.nodes.keys()) {
    await mesh.stop(place)
    await exportAll(mesh, place, join(folder, `${place}`))
    await mesh.start(place)
    await mesh.settled()
  }
  for (const place of mesh.roster.nodes.keys()) {
    const result = await audited(mesh, folder, `${place}`)
    equal(
      result.remarks.filter(({ severity }) => severity !== 'note'),
      [],
    )
    ok(result.references.searches > 0 && result.references.candidates > 0)
    ok(result.signatures > 20)
    // They were enrolled in turn: each one's search had taken in all before.
    equal(result.pairs, { records: 3, pairs: 3, uncovered: 0 })
  }
})

promises('is brought up to date, and is sound again', async ({ mesh, folder }) => {
  await live(mesh, 'second')
  await mesh.stop(0)
  for (const { size, before } of await exportAll(mesh, 0, join(folder, '0'))) {
    ok(size > before && before > 0)
  }
  await mesh.start(0)
  const { remarks } = await audited(mesh, folder, '0')
  equal(
    remarks.filter(({ severity }) => severity !== 'note'),
    [],
  )
})

/** People are enrolled and looked for, everywhere. */
async function live(mesh: TestMesh, name: string): Promise<void> {
  for (const place of mesh.roster.nodes.keys()) {
    const person = testPerson(`${name} at ${place}`)
    const request = mesh.signedEnrolment({ fingers: person.capture() })
    await mesh.node(place).enrolment.enrol(request)
    await mesh.settled()
    const asked = mesh.signedQuery({ fingers: person.capture('again') })
    const found = await mesh.node((place + 1) % mesh.nodes.length).search.ask(asked)
    is(found.answer.verdict, 'hit')
    const about = { handle: request.handle }
    await mesh.compared(request.handle)
    const done = mesh.signedDeed({ type: 'confirmation' }, [mesh.officers.registrar], about)
    await mesh.node(place).acts.record(done)
    await mesh.settled()
  }
}

async function exportAll(mesh: TestMesh, place: number, target: string) {
  const { roster, rosterNote } = mesh
  const store = await LevelStore.open(mesh.folder(place))
  const folder = new ExportFolder(target)
  const exported = []
  try {
    await folder.replace('roster', utf8(rosterNote))
    for (const node of roster.nodes) {
      const log = await StoredLog.open(node.name, store)
      const origin = logOrigin(roster.network, node.name)
      const verifier = logVerifier(roster.network, node)
      const done = (await exportLog(log, folder, { origin, verifier }))!
      await exportRecords(log, done.size, { shelf: new RecordShelf({ store }), folder })
      exported.push(done)
    }
  } finally {
    await store.close()
  }
  return exported
}

async function audited(mesh: TestMesh, folder: string, from: string): Promise<AuditResult> {
  const { roster, rosterNote } = mesh
  return audit(
    { roster, rosterNote, authority: noteVerifier(mesh.authority), isUnwitnessedTaken: false },
    {
      sources: [await FolderSource.open(join(folder, from))],
      kept: await KeptCheckpoints.open(join(folder, `state ${from}`), roster),
      clock: { now: () => 0 },
    },
  )
}

promises.run()
