import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { judgeCanary, keepCanary, readCanaries } from '../../../node/cli/canaries.ts'
import { testPerson } from '../../support/test-person.ts'

const HANDLES = ['0a'.repeat(16), '0b'.repeat(16)]

const promises = suite<{ folder: string }>('canaries')

promises.before(async (state) => {
  state.folder = await mkdtemp(join(tmpdir(), 'tamga-canaries-'))
})

promises.after(async ({ folder }) => rm(folder, { recursive: true, force: true }))

promises('stand on a list that only its owner reads', async ({ folder }) => {
  const file = join(folder, 'canaries.json')
  equal(await readCanaries(file), [])
  const planted = HANDLES.map((handle) => ({ handle, fingers: testPerson(handle).capture() }))
  for (const canary of planted) await keepCanary(file, canary)
  const read = await readCanaries(file)
  equal(
    read.map(({ handle }) => handle),
    HANDLES,
  )
  equal(
    read.map(({ fingers }) => fingers.map(({ position, template }) => [position, [...template]])),
    planted.map(({ fingers }) => {
      return fingers.map(({ position, template }) => [position, [...template]])
    }),
  )
  is((await stat(file)).mode & 0o077, 0)
  for (const wrong of ['{}', '[1]', '[{"handle":"x","fingers":[]}]', '[{"handle":']) {
    await writeFile(file, wrong)
    is(await readCanaries(file).catch(() => 'refused'), 'refused')
  }
})

promises('are found, missed, or of a shard that nobody answered for', () => {
  const [mine, other] = HANDLES
  is(judgeCanary(mine!, 3, answer([other!, mine!], [])), 'found')
  is(judgeCanary(mine!, 3, answer([other!], [])), 'missed')
  is(judgeCanary(mine!, 3, answer([], [2])), 'missed')
  is(judgeCanary(mine!, 3, answer([other!], [3])), 'silent')
})

promises.run()

function answer(named: readonly string[], silent: readonly number[]) {
  return { shards: { silent }, candidates: named.map((handle) => ({ handle })) }
}
