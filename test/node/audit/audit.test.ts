import { readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { concatBytes, utf8 } from '../../../crypto/bytes.ts'
import { FolderSource } from '../../../node/audit/folder-source.ts'
import { evidenceOf, evidences, verifyEvidence } from '../../../protocol/evidence.ts'
import { logVerifier } from '../../../protocol/roster.ts'
import { QUERIES_OPEN_MAX } from '../../../protocol/limits.ts'
import { act, candidate, enrolment, handleOf } from '../registry/support/entries.ts'
import { made, officers, outcomeOf, query } from '../registry/support/entries.ts'
import {
  checkpointOf,
  cosigned,
  genesis,
  graveOf,
  LOGS,
  roster,
  searchFor,
  soundEntries,
  WrittenLogs,
  type Entries,
} from './support/written-logs.ts'

const DAY_MS = 86_400_000

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

const files = suite('a file of an export')

for (const [what, damage, found, verdict = 'finding'] of [
  [
    'an entry with another byte',
    flip('tile/entries/000.p/5', 40),
    ['tile almaty 0', 'root almaty'],
  ],
  ['a tile with another byte', flip('tile/0/000.p/5', 70), ['tile almaty 2']],
  ['a checkpoint with another byte', flip('checkpoint', 3), ['checkpoint almaty']],
  ['a checkpoint with another signature', flip('checkpoint', -20), ['checkpoint almaty']],
  [
    'a bundle that is not there',
    remove('tile/entries/000.p/5'),
    ['unreadable almaty'],
    'unchecked',
  ],
  ['a tile that is not there', remove('tile/0/000.p/5'), ['unreadable almaty'], 'unchecked'],
  ['no checkpoint', remove('checkpoint'), ['unreadable almaty'], 'unchecked'],
  ['the checkpoint of another log', swap('checkpoint', 'checkpoint'), ['checkpoint almaty']],
  [
    'the bundle of another log',
    swap('tile/entries/000.p/5', 'tile/entries/000.p/4'),
    ['bundle almaty 0'],
  ],
  ['a bundle that is cut short', cut('tile/entries/000.p/5'), ['bundle almaty 0']],
  ['a tile that is cut short', cut('tile/0/000.p/5'), ['tile almaty 4']],
  ['a bundle that is too long', grow('tile/entries/000.p/5', 20_000_000), ['oversize almaty']],
  ['a bundle with something behind it', grow('tile/entries/000.p/5', 9), ['bundle almaty 0']],
  ['a tile that is too long', grow('tile/0/000.p/5', 9_000), ['oversize almaty']],
  ['a link', link('tile/entries/000.p/5'), ['unreadable almaty'], 'unchecked'],
  ['behind a link', link('tile'), ['unreadable almaty'], 'unchecked'],
  ['a folder', folder('tile/0/000.p/5'), ['unreadable almaty'], 'unchecked'],
] as readonly [string, Damage, string[], string?][]) {
  files(`that is ${what} is told`, async () => {
    await using(soundEntries(), async (logs) => {
      await damage(logs)
      const result = await logs.audit()
      for (const remark of found) ok(graveOf(result).includes(remark), graveOf(result).join(', '))
      is(result.verdict, verdict)
      const others = result.remarks.filter(({ log, code }) => log !== 'almaty' && isOfFile(code))
      equal(others, [], 'and nothing is said of other logs')
    })
  })
}

files('that is any other by one byte is noticed, whichever and wherever', async () => {
  await using(soundEntries(), async (logs) => {
    const names = await readdir(logs.folder, { recursive: true, withFileTypes: true })
    for (const name of names.filter((entry) => entry.isFile())) {
      const file = join(name.parentPath, name.name)
      const bytes = await readFile(file)
      const places = bytes.length > 700 ? scattered(bytes.length, 60) : scattered(bytes.length, 150)
      for (const place of places) {
        const changed = Uint8Array.from(bytes)
        changed[place]! ^= 1 << (place % 8)
        await writeFile(file, changed)
        const { verdict } = await logs.audit()
        ok(verdict !== 'good', `byte ${place} of ${file}`)
      }
      await writeFile(file, bytes)
    }
    is((await logs.audit()).verdict, 'good')
  })
})

files('that is the roster of another register is told', async () => {
  await using(soundEntries(), async (logs) => {
    const note = await readFile(join(logs.folder, 'roster'), 'utf8')
    await logs.write('roster', utf8(note.replace('shards 4', 'shards 5')))
    equal(graveOf(await logs.audit()), ['roster'])
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

const entries = suite('an entry')

for (const [what, write, found] of [
  ['that cannot be read', add('almaty', utf8('nonsense')), ['entry almaty 5']],
  ['that is none at all', add('almaty', new Uint8Array()), ['entry almaty 5']],
  ['that begins the log a second time', add('almaty', genesis('almaty')), ['genesis almaty 5']],
  ['that begins the log of another', put('almaty', 0, genesis('astana')), ['genesis almaty 0']],
  ['in place of the first', put('reader', 0, query('first').bytes), ['genesis reader 0']],
  [
    'of somebody without a credential',
    add('almaty', query('x', { officer: officers.stranger }).bytes),
    ['counts-for-nothing almaty 5'],
  ],
  [
    'without the receipts of the replicas',
    add('reader', ...enrolment('y', { home: 'almaty' }).all.map(({ bytes }) => bytes)),
    ['counts-for-nothing reader 3'],
  ],
  [
    'that answers a query which is not there',
    add('almaty', outcomeOf(query('never asked')).bytes),
    ['counts-for-nothing almaty 5'],
  ],
  [
    'that searches for a query which is not there',
    inTheirTime('astana', searchFor(query('never asked', { at: DAY_MS }), 'almaty', DAY_MS)),
    ['search-without-query astana 4'],
  ],
  [
    'that searches for a query of another number',
    inTheirTime('astana', otherQueryId()),
    ['search-without-query astana 4'],
  ],
  [
    'that searches for a query behind it',
    add('almaty', searchFor(query('later'), 'almaty'), query('later').bytes),
    ['search-without-query almaty 5'],
  ],
  [
    'that names somebody who is not enrolled there',
    naming(candidate('x', 'almaty', 2)),
    ['candidate-not-enrolled almaty 6'],
  ],
  [
    'that names somebody else',
    naming(candidate('y', 'almaty', 3)),
    ['candidate-not-enrolled almaty 6'],
  ],
  [
    'that names somebody in a log that there is not',
    naming(candidate('x', 'nowhere', 3)),
    ['candidate-not-enrolled almaty 6'],
  ],
  [
    'that names somebody further on in its own log',
    naming(candidate('x', 'almaty', 300)),
    ['candidate-not-enrolled almaty 6'],
  ],
  ['that covers more of its log than there was', covering('almaty', 6), ['frontier almaty 5']],
  ['that covers a log that there is not', covering('nowhere', 1), ['frontier almaty 5']],
  ['that comes after nothing', afterNothing(), ['after almaty 5']],
  ['an hour before the one before it', backwards(3_600_000), ['clock-back almaty 6']],
] as readonly [string, (entries: Entries) => void, string[]][]) {
  entries(`${what} is found`, async () => {
    const all = soundEntries()
    write(all)
    await using(all, async (logs) => {
      const result = await logs.audit()
      equal(graveOf(result), found)
      is(result.verdict, 'finding')
    })
  })
}

for (const [what, write, code] of [
  ['that covers more of another log than is here', covering('astana', 5), 'not-here-yet'],
  [
    'that names somebody of whom nothing is here yet',
    naming(candidate('x', 'astana', 30)),
    'not-here-yet',
  ],
  [
    'that searches for what was asked just now',
    add('astana', searchFor(query('just now'), 'almaty')),
    'not-here-yet',
  ],
  [
    'that asks and has no outcome',
    add('almaty', query('still open').bytes),
    'query-without-outcome',
  ],
  [
    'that asks, is searched for, and has no outcome',
    (all) => {
      all.get('almaty')!.push(query('hushed up').bytes)
      all.get('astana')!.push(searchFor(query('hushed up'), 'almaty'))
    },
    'searched-without-outcome',
  ],
  ['a moment before the one before it', backwards(20), 'clock-step'],
] as readonly [string, (entries: Entries) => void, string][]) {
  entries(`${what} is noted, and held against nobody`, async () => {
    const all = soundEntries()
    write(all)
    await using(all, async (logs) => {
      const result = await logs.audit()
      is(result.verdict, 'good', graveOf(result).join(', '))
      const notes = result.remarks.map((remark) => remark.code as string)
      is(notes.filter((noted) => noted === code).length, 1)
    })
  })
}

entries('is counted when there are more remarks than anybody reads', async () => {
  const all = soundEntries()
  const many = QUERIES_OPEN_MAX / 2
  for (let i = 0; i < many; i += 1) all.get('reader')!.push(utf8(`nonsense ${i}`))
  await using(all, async (logs) => {
    const result = await logs.audit()
    is(result.counts.get('entry'), many)
    ok(result.remarks.length < many)
  })
})

type Damage = (logs: WrittenLogs) => Promise<void>

function flip(path: string, place: number): Damage {
  return async ({ folder: root }) => {
    const file = join(root, 'logs/almaty', path)
    const bytes = await readFile(file)
    const at = place < 0 ? bytes.length + place : place
    bytes[at] = bytes[at]! ^ 1
    await writeFile(file, bytes)
  }
}

function remove(path: string): Damage {
  return async ({ folder: root }) => rm(join(root, 'logs/almaty', path))
}

function swap(path: string, other: string): Damage {
  return async ({ folder: root }) => {
    const bytes = await readFile(join(root, 'logs/astana', other))
    await writeFile(join(root, 'logs/almaty', path), bytes)
  }
}

function cut(path: string): Damage {
  return async ({ folder: root }) => {
    const file = join(root, 'logs/almaty', path)
    await truncate(file, (await readFile(file)).length - 1)
  }
}

function grow(path: string, by: number): Damage {
  return async ({ folder: root }) => {
    const file = join(root, 'logs/almaty', path)
    await writeFile(file, concatBytes(await readFile(file), new Uint8Array(by)))
  }
}

function link(path: string): Damage {
  return async ({ folder: root }) => {
    const file = join(root, 'logs/almaty', path)
    await rename(file, join(root, 'elsewhere'))
    await symlink(join(root, 'elsewhere'), file)
  }
}

function folder(path: string): Damage {
  return async (logs) => {
    await rm(join(logs.folder, 'logs/almaty', path))
    await logs.write(`logs/almaty/${path}/inside`, utf8('x'))
  }
}

/** What says something of files, and not of what entries mean. */
function isOfFile(code: string): boolean {
  return ['unreadable', 'checkpoint', 'bundle', 'tile', 'root', 'oversize'].includes(code)
}

function scattered(length: number, count: number): number[] {
  const step = Math.max(1, Math.floor(length / count))
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step)
}

type Write = (entries: Entries) => void

function add(log: string, ...bytes: readonly Uint8Array[]): Write {
  return (all) => all.get(log)!.push(...bytes)
}

function put(log: string, index: number, bytes: Uint8Array): Write {
  return (all) => all.get(log)!.splice(index, 1, bytes)
}

/** An entry of a day later, when all logs have gone on for two days. */
function inTheirTime(log: string, bytes: Uint8Array): Write {
  return (all) => {
    all.get(log)!.push(bytes)
    for (const own of all.values()) {
      const officer = officers.guard
      const statement = { at: 2 * DAY_MS }
      own.push(query('later', { at: 2 * DAY_MS, officer, statement }).bytes)
    }
  }
}

function otherQueryId(): Uint8Array {
  const { entry, leaf } = query('who')
  const said = { ...entry, queryId: handleOf('another number') }
  return searchFor({ bytes: new Uint8Array(), entry: said, leaf }, 'astana', DAY_MS)
}

function naming(named: ReturnType<typeof candidate>): Write {
  const asked = query('whom')
  return add('almaty', asked.bytes, outcomeOf(asked, { verdict: 'hit', candidates: [named] }).bytes)
}

function covering(node: string, size: number): Write {
  const { entry } = query('covering')
  const asked = made({ ...entry, frontier: [{ node, size }] })
  return add('almaty', asked.bytes, outcomeOf(asked).bytes)
}

function afterNothing(): Write {
  const about = { handle: handleOf('x'), at: DAY_MS, after: query('none').leaf }
  const done = act({ type: 'confirmation' }, [officers.registrar], about)
  return inTheirTime('almaty', done.bytes)
}

function backwards(ms: number): Write {
  const [first, second] = [DAY_MS, DAY_MS - ms].map((at, i) =>
    query(`at ${i}`, { at, statement: { at } }),
  )
  return add('almaty', first!.bytes, second!.bytes)
}

async function using(all: Entries, work: (logs: WrittenLogs) => Promise<void>): Promise<void> {
  const logs = await WrittenLogs.make(all)
  try {
    await work(logs)
  } finally {
    await logs.close()
  }
}

promises.run()
files.run()
memory.run()
seen.run()
evidence.run()
entries.run()
