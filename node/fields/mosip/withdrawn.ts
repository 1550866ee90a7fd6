/**
 * People whose references MOSIP has deleted: the register goes on with their records until two
 * officers decide on an erasure. One small file for each handle, so that they can be read and done
 * with while the adaptor runs.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fromHex, toHex } from '../../../crypto/bytes.ts'

export interface Withdrawn {
  readonly handle: Uint8Array
  readonly referenceId: string
  /** When MOSIP deleted it, ISO 8601. */
  readonly at: string
}

const NAME = /^([0-9a-f]{32})\.json$/

/** Durably there when it resolves; the same again changes nothing. */
export async function addWithdrawn(folder: string, { handle, ...about }: Withdrawn): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${toHex(handle)}.json`)
  const file = await open(`${path}.new`, 'w')
  try {
    await file.writeFile(`${JSON.stringify(about)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}

/** In the order of the handles. */
export async function listWithdrawn(folder: string): Promise<Withdrawn[]> {
  const names = await readdir(folder).catch(() => [])
  const handles = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).sort()
  return Promise.all(
    handles.map(async (handle) => {
      const text = await readFile(join(folder, `${handle}.json`), 'utf8')
      const { referenceId, at } = JSON.parse(text) as { referenceId: string; at: string }
      return { handle: fromHex(handle), referenceId, at }
    }),
  )
}

/** The erasure is decided. */
export async function removeWithdrawn(folder: string, handle: Uint8Array): Promise<void> {
  await rm(join(folder, `${toHex(handle)}.json`), { force: true })
}
