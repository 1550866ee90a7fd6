import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { damageMany } from '../../../simulations/torture/damage.ts'
import { fillDisks } from '../../../simulations/torture/full-disk.ts'
import { killMany } from '../../../simulations/torture/kills.ts'

const KILLS = 60
const PROCESSES = 2
const FLIPS = 4

const promises = suite<{ folder: string }>('a log on a real disk')

promises.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'tamga-real-disk-'))
})

promises.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true, force: true })
})

promises(`loses nothing and signs one history over ${KILLS} kills`, async ({ folder }) => {
  const report = await killMany({ folder, kills: KILLS, processes: PROCESSES })
  equal(report.broken, [])
  is(report.kills, KILLS)
  ok(report.early > KILLS / 20, 'some were killed before the log was open')
  ok(report.acknowledged > KILLS, 'entries were acknowledged')
})

promises(
  'signs no other history after any damage, and comes back from its mirror',
  async ({ folder }) => {
    const reports = await damageMany({ folder, flips: FLIPS })
    equal(
      reports.flatMap(({ broken }) => broken),
      [],
    )
    const outcomes = new Map(reports.map(({ harm, outcome }) => [harm, outcome]))
    is(outcomes.get('nothing'), 'good')
    is(outcomes.get('an old backup is put back'), 'good')
    is(outcomes.get('CURRENT is gone'), 'not opened')
    is(outcomes.get('a table is gone'), 'not opened')
  },
)

promises('refuses on a full disk and goes on when there is room again', async ({ folder }) => {
  for (const { by, broken, failures } of await fillDisks(folder)) {
    equal(broken, [], by)
    equal([...new Set(failures)], ['storage'], by)
  }
})

promises.run()
