/**
 * A disk that is full: a process appends until nothing more goes in, then there is room again, and
 * another one goes on. Where it may be mounted, the disk is a small one in memory; everywhere, the
 * system lets no file grow beyond a length.
 */
import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Lives } from './kills.ts'

export interface FullDiskReport {
  /** How the disk was made to be full. */
  readonly by: 'mount' | 'length of files'
  readonly acknowledged: number
  /** Codes of the errors that the appenders got. */
  readonly failures: readonly string[]
  readonly broken: readonly string[]
}

/**
 * The small disk, bytes, and how large it is made when there is to be room again: not to be filled.
 */
const DISK_BYTES = 8_388_608
const ROOM_BYTES = 1_073_741_824

/** Longer than an anchor, bytes: files of the database are what meets this limit. */
const FILE_BYTES_MAX = 18_874_368
const BUFFER_BYTES = 67_108_864

/** What the shell's limit on the length of files counts in. */
const BLOCK_BYTES = 512

/** How long a process appends once there is room again, ms, and at most if none of it fails. */
const AFTER_MS = 150
const FULL_MS_MAX = 30_000

/** @param folder empty, or not there */
export async function fillDisks(folder: string): Promise<FullDiskReport[]> {
  await mkdir(folder, { recursive: true })
  const mounted = await fillMounted(join(folder, 'mounted'))
  return [...(mounted ? [mounted] : []), await fillFiles(join(folder, 'files'))]
}

/** Undefined where nothing may be mounted. */
async function fillMounted(folder: string): Promise<FullDiskReport | undefined> {
  await mkdir(folder)
  const options = ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tamga-full', folder]
  if (spawnSync('mount', options, { stdio: 'ignore' }).status !== 0) return undefined
  try {
    const lives = new Lives(folder)
    await lives.live(late)
    const grown = ['-o', `remount,size=${ROOM_BYTES}`, folder]
    if (spawnSync('mount', grown, { stdio: 'ignore' }).status !== 0) return undefined
    return await goOn('mount', lives)
  } finally {
    spawnSync('umount', ['-l', folder])
  }
}

async function fillFiles(folder: string): Promise<FullDiskReport> {
  await mkdir(folder)
  const lives = new Lives(folder)
  const blocks = Math.floor(FILE_BYTES_MAX / BLOCK_BYTES)
  const before = ['sh', '-c', `ulimit -f ${blocks} && exec "$@"`, 'sh']
  await lives.live(late, { before, bufferBytes: BUFFER_BYTES })
  return goOn('length of files', lives)
}

async function goOn(by: FullDiskReport['by'], lives: Lives): Promise<FullDiskReport> {
  const failures = [...lives.failures]
  const { size } = lives.acknowledged
  await lives.live((kill, opened) => void opened.then(async () => sleep(AFTER_MS)).then(kill))
  await lives.verify()
  const broken = [...lives.broken]
  if (failures.length === 0) broken.push('nothing has failed')
  if (lives.acknowledged.size <= size) broken.push('nothing goes in though there is room again')
  return { by, acknowledged: lives.acknowledged.size, failures, broken }
}

function late(kill: () => void): void {
  setTimeout(kill, FULL_MS_MAX).unref()
}
