/**
 * A process that appends to a log on a real disk until it is killed or the disk fails: what it has
 * found, every checkpoint that would leave the node and every acknowledgement, a line each. It asks
 * nobody before it signs: its disks are always its own.
 *
 * Usage: append-child.js <folder> <life> [<bytes of the write buffer>]
 *
 *     opened <size> <why it refuses, or nothing>
 *     signed <size> <root in hexadecimal>
 *     acknowledged <index> <life> <number>
 *     failed <code>
 */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { toHex } from '../../crypto/bytes.ts'
import { Log } from '../../node/log/log.ts'
import { AnchorFolder } from '../../node/store/anchor-folder.ts'
import { LevelStore } from '../../node/store/level-store.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { entryOf, NAME, ORIGIN, signer, verifier } from './test-log.ts'

const STDOUT = 1

/** Callers that wait at a time. */
const CALLERS = 24

/** Entries that one life appends at most: nobody may be there any more to end it. */
const ENTRIES_MAX = 50_000

/** Small, so that tables are written and compacted all the time. */
const WRITE_BUFFER_BYTES = 131_072

const [folder = '', life = '0', buffer = String(WRITE_BUFFER_BYTES)] = process.argv.slice(2)
const store = await LevelStore.open(join(folder, 'store'), { writeBufferBytes: Number(buffer) })
const anchors = new AnchorFolder(join(folder, 'anchors'))
const nothing = { value: new Uint8Array(), staged: new Uint8Array() }
if (!(await anchors.has(NAME))) await (await anchors.create(NAME, nothing)).close()
const anchor = await anchors.open(NAME)
const log = await Log.open(
  { name: NAME, origin: ORIGIN, genesis: () => entryOf(0, 0) },
  { store, anchor, signer, verifier },
)
let number = 0
sayHead()
say(`opened ${log.size} ${log.refusal ?? ''}`)
log.onGrown(sayHead)
await attempt(async () => log.permit())
await Promise.all(Array.from({ length: CALLERS }, async () => attempt(keepAppending)))
await log.release()
await store.close()

async function keepAppending(): Promise<void> {
  while (number < ENTRIES_MAX) {
    number += 1
    const own = number
    const index = await log.append(entryOf(Number(life), own))
    say(`acknowledged ${index} ${life} ${own}`)
  }
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    say(`failed ${asTamgaError(error).code}`)
  }
}

function sayHead(): void {
  if (log.checkpoint === undefined) return
  const { size, root } = log.open(log.checkpoint)
  say(`signed ${size} ${toHex(root)}`)
}

function say(line: string): void {
  writeSync(STDOUT, `${line}\n`)
}
