import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { FolderSource } from '../../../node/audit/folder-source.ts'
import { evidenceOf, evidences, verifyEvidence } from '../../../protocol/evidence.ts'
import { logVerifier } from '../../../protocol/roster.ts'
import { query } from '../registry/support/entries.ts'
import {
  checkpointOf,
  cosigned,
  genesis,
  graveOf,
  LOGS,
  roster,
  soundEntries,
  using,
  type Entries,
} from './support/written-logs.ts'

const promises = suite('an audit of a folder')

promises('of a sound register finds nothing, however often it is done', async () => {
  await using(soundEntries(), async (logs) => {
    for (let time = 0; time < 2; time += 1) {
      const result = await logs.audit()
      equal(graveOf(result), [])
      is(result.verdict, 'good')
      equal(
        result.logs.map(({ log, entries }) => [log, entries]),
        [...soundEntries()].map(([log, entries]) => [log, entries.length]),
      )
      equal(Object.fromEntries(result.logs[0]!.kinds), {
        genesis: 1,
        query: 1,
        outcome: 1,
        enrolment: 1,
        act: 1,
      })
      equal([result.references.searches, result.references.candidates], [3, 1])
      is(result.signatures, 2 + 4 + 2 + 2)
    }
  })
})

promises('goes over many tiles, and back to every checkpoint on the way', async () => {
  const entries = soundEntries()
  const long = entries.get('reader')!
  for (let i = 0; long.length < 600; i += 1) long.push(query(`question ${i}`).bytes)
  await using(entries, async (logs) => {
    for (const size of [0, 1, 255, 256, 257, 511, 512, 513, 599]) {
      const note = checkpointOf('reader', long.slice(0, size))
      await logs.write(`logs/reader/checkpoints/${size}`, utf8(note))
    }
    const result = await logs.audit()
    equal(graveOf(result), [])
    const { tiles, checkpoints } = result.logs[3]!
    equal([tiles, checkpoints], [4, 9])
    is(result.counts.get('query-without-outcome'), 599)
    const other = checkpointOf('reader', [...long.slice(0, 256), genesis('reader')])
    await logs.write('logs/reader/checkpoints/other', utf8(other))
    equal(graveOf(await logs.audit()), ['split-view reader'])
  })
})

const memory = suite('what an auditor has seen')

memory('stays seen: a log that is rolled back is found', async () => {
  await using(soundEntries(), async (logs) => {
    await logs.audit()
    await logs.writeLog('almaty', soundEntries().get('almaty')!.slice(0, 4))
    for (let time = 0; time < 2; time += 1) {
      const result = await logs.audit()
      equal(graveOf(result), ['rolled-back almaty'])
      const [contradiction] = result.contradictions
      equal([contradiction!.kept.size, contradiction!.shown.size], [5n, 4n])
    }
  })
})

memory('stays seen: another history of the same length, or a longer one, is found', async () => {
  for (const added of [0, 3]) {
    await using(soundEntries(), async (logs) => {
      await logs.audit()
      const other = soundEntries().get('astana')!
      const [first, ...rest] = other
      const questions = Array.from({ length: added }, (_, i) => query(`more ${i}`).bytes)
      const swapped = [first!, query('another').bytes, ...rest.slice(1, -1), ...questions]
      await logs.writeLog('astana', [...swapped, query('last').bytes])
      ok(graveOf(await logs.audit()).includes('split-view astana'))
      // And when the first one is shown again, the second one has been seen.
      await logs.writeLog('astana', other)
      const again = graveOf(await logs.audit())
      ok(again.includes(added === 0 ? 'split-view astana' : 'rolled-back astana'), again.join())
    })
  }
})

memory('grows with the logs, and is one of all that they were', async () => {
  await using(soundEntries(), async (logs) => {
    const all = soundEntries().get('almaty')!
    for (let size = 1; size <= all.length; size += 1) {
      await logs.writeLog('almaty', all.slice(0, size))
      await logs.audit()
    }
    const { logs: audited } = await logs.audit()
    is(audited[0]!.checkpoints, all.length)
    equal(graveOf(await logs.audit()), [])
  })
})

memory('survives a crash while it is written, and is never taken for another', async () => {
  await using(soundEntries(), async (logs) => {
    await logs.audit()
    const file = join(logs.state, 'test.registry.kz', 'almaty.checkpoints')
    const before = await readFile(file, 'utf8')
    await writeFile(file, `${before}"cut sh`)
    await logs.writeLog('almaty', soundEntries().get('almaty')!.slice(0, 4))
    equal(graveOf(await logs.audit()), ['rolled-back almaty'])
    is((await readFile(file, 'utf8')).split('\n').length, 3)
    await writeFile(file, before.replace('5\\n', '6\\n'))
    const refused = await logs.audit().catch((error: unknown) => error)
    ok(refused instanceof Error && refused.message.includes('line 1'))
  })
})

memory('is held against what several nodes show at once', async () => {
  await using(soundEntries(), async (one) => {
    const other = soundEntries()
    other.get('astana')!.splice(1, 1, query('another').bytes)
    await using(other, async (two) => {
      const sources = [await FolderSource.open(one.folder), await FolderSource.open(two.folder)]
      ok(graveOf(await one.audit(sources)).includes('split-view astana'))
    })
    const behind = soundEntries()
    behind.get('astana')!.pop()
    await using(behind, async (two) => {
      const sources = [await FolderSource.open(two.folder), await FolderSource.open(one.folder)]
      equal(graveOf(await two.audit(sources)), [], 'one that is behind is no other history')
    })
  })
})

const seen = suite('cosignatures on a checkpoint')

seen('are counted, and a log that lacks them is not good for who does not take it', async () => {
  await using(soundEntries(), async (logs) => {
    const bare = await logs.audit(undefined, false)
    equal(
      graveOf(bare),
      LOGS.map((log) => `not-witnessed ${log}`),
    )
    is(bare.verdict, 'unchecked')
    for (const log of LOGS) {
      const others = LOGS.filter((name) => name !== log)
      const note = checkpointOf(log, soundEntries().get(log)!)
      await logs.write(`logs/${log}/checkpoint`, utf8(cosigned(note, others, others.slice(1))))
    }
    const result = await logs.audit(undefined, false)
    equal(graveOf(result), [])
    const { witnessed, safe } = result.logs[0]!
    equal(witnessed, { size: 5, by: LOGS.slice(1), at: 1_000_000 })
    equal(safe, { size: 5, by: LOGS.slice(2), at: 1_000_000 })
  })
})

seen('may be on an older checkpoint: the last one is too new for them', async () => {
  await using(soundEntries(), async (logs) => {
    const older = soundEntries().get('almaty')!.slice(0, 3)
    const note = cosigned(checkpointOf('almaty', older), ['astana', 'reader'], ['astana'])
    await logs.write('logs/almaty/checkpoints/cosigned', utf8(note))
    const { logs: audited, remarks } = await logs.audit(undefined, false)
    is(audited[0]!.witnessed?.size, 3)
    is(audited[0]!.safe, undefined)
    const found = remarks.find(({ log, code }) => log === 'almaty' && code === 'not-witnessed')
    is(found!.severity, 'note')
    is(found!.message, 'the last 2 entries are not witnessed yet')
  })
})

seen('on a checkpoint of another history cover nothing', async () => {
  await using(soundEntries(), async (logs) => {
    const other = [genesis('almaty'), query('another').bytes]
    const note = cosigned(checkpointOf('almaty', other), ['astana', 'reader'], [])
    await logs.write('logs/almaty/checkpoints/other', utf8(note))
    const result = await logs.audit()
    equal(graveOf(result), ['split-view almaty'])
    is(result.logs[0]!.witnessed, undefined)
  })
})

seen('are no failure when somebody forged them, and count for nothing', async () => {
  await using(soundEntries(), async (logs) => {
    const note = checkpointOf('almaty', soundEntries().get('almaty')!)
    const other = cosigned(checkpointOf('almaty', [genesis('almaty')]), ['astana'], ['shymkent'])
    const lines = other.slice(other.lastIndexOf('\n\n') + 2).split('\n')
    await logs.write('logs/almaty/checkpoint', utf8(`${note}${lines.slice(1).join('\n')}`))
    const result = await logs.audit()
    is(result.verdict, 'good')
    is(result.counts.get('forged-cosignature'), 2)
    is(result.logs[0]!.witnessed, undefined)
  })
})

const evidence = suite('evidence against a log')

evidence('comes of an audit that finds two histories, and convicts by itself', async () => {
  const others: Entries = soundEntries()
  others.get('astana')!.splice(1, 1, query('another').bytes)
  for (const longer of [0, 700]) {
    await using(others, async (logs) => {
      await logs.audit()
      const now = soundEntries().get('astana')!
      for (let i = 0; i < longer; i += 1) now.push(query(`more ${i}`).bytes)
      await logs.writeLog('astana', now)
      const { contradictions } = await logs.audit()
      const convicted = verifyEvidence(contradictions[0]!.evidence!, roster)
      is(convicted.log, 'astana')
      is(convicted.kind, longer > 0 ? 'other-beginning' : 'same-size')
    })
  }
})

evidence('that an export holds is a finding, and what is none is told', async () => {
  await using(soundEntries(), async (logs) => {
    const notes = [
      checkpointOf('reader', [genesis('astana')]),
      checkpointOf('reader', [genesis('reader')]),
    ]
    const verifier = logVerifier(roster.network, roster.nodes[3]!)
    const pair = { log: 'reader', notes: [notes[0]!, notes[1]!] as const }
    const bytes = evidences.encode(evidenceOf(pair, verifier))
    await logs.write('evidence/reader', bytes)
    equal(graveOf(await logs.audit()), ['equivocation reader'])
    bytes[100]! ^= 1
    await logs.write('evidence/reader', bytes)
    equal(graveOf(await logs.audit()), ['unreadable'])
  })
})

promises.run()
memory.run()
seen.run()
evidence.run()
